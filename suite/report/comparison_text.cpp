// How a comparison is written: for a terminal, as Markdown, as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "suite/core/text.h"
#include "suite/report/comparison.h"
#include "suite/report/difference_json.h"
#include "suite/report/number_text.h"
#include "suite/report/row_text.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

std::optional<double> only_speed(const std::map<std::string, double>& by_machine) {
    return by_machine.size() == 1 ? std::optional(by_machine.begin()->second) : std::nullopt;
}

std::string top1_text(const ComparisonLine& line) {
    if (!line.top1_mean) return undefined_text;
    const std::string spread = line.top1_sd ? fmt::format(" ± {:.2f}", *line.top1_sd) : "";
    return fmt::format("{:.2f}{} ({})", *line.top1_mean, spread, line.converged);
}

std::string difference_or_dash(const std::optional<Difference>& difference) {
    return difference ? difference_text(*difference, 2) : undefined_text;
}

std::string note_of(const ComparisonLine& line) {
    std::vector<std::string> notes;
    const std::size_t runs = line.seeds.size() + line.failed;
    if (line.not_converged > 0) notes.push_back(fmt::format("{} of {} not converged", line.not_converged, runs));
    if (line.failed > 0) notes.push_back(fmt::format("{} of {} failed", line.failed, runs));
    if (!line.publishable) notes.push_back("unpublishable");
    return join(notes, ", ");
}

TextTable table_of(const Comparison& comparison) {
    constexpr auto right = TextTable::Align::right;
    TextTable table;
    table.add_column("contender").add_column("weights / activations").add_column("W/A bits", right);
    table.add_column("top-1 %")
        .add_column("Δ FP32")
        .add_column("Δ STE")
        .add_column("images/s", right)
        .add_column("note");
    for (const auto& line : comparison.lines)
        table.add_row({line.label, line.weight_quantizer + " / " + line.activation_quantizer, line.bits,
                       top1_text(line), difference_or_dash(line.to_fp32), difference_or_dash(line.to_ste),
                       speeds_text(line.images_per_second), note_of(line)});
    return table;
}

void add_once(std::vector<std::string>& items, const std::string& item) {
    if (!item.empty() && std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

// The runs of one recipe share a folder, and its name is enough to find them.
std::vector<std::string> run_folders(const Comparison& comparison) {
    std::vector<std::string> folders;
    for (const auto& line : comparison.lines)
        for (const auto& run : line.run_directories)
            add_once(folders, std::filesystem::path(run).parent_path().string());
    return folders;
}

std::string title_of(const Comparison& comparison) {
    return fmt::format("{}: {}, {} {} images, protocol {}", comparison.recipe, comparison.dataset,
                       comparison.test_images, comparison.evaluated_on, comparison.protocol_id.substr(0, 12));
}

std::string joined(const std::set<std::string>& names) {
    return join({names.begin(), names.end()}, ", ");
}

std::vector<std::string> remarks_on(const Comparison& comparison) {
    std::vector<std::string> remarks{
        "top-1: mean ± standard deviation (seeds); Δ: percentage points, mean of the differences "
        "of equal seeds [95 % interval]"};
    std::vector<std::string> reasons;
    for (const auto& line : comparison.lines) add_once(reasons, line.unpublishable_reason);
    for (const auto& reason : reasons) remarks.push_back("unpublishable: " + reason);
    if (comparison.machines.size() > 1)
        remarks.push_back("rows of several machines side by side: " + joined(comparison.machines));
    if (comparison.commits.size() > 1)
        remarks.push_back("rows of several commits side by side: " + joined(short_commits(comparison.commits)));
    for (const auto& folder : run_folders(comparison)) remarks.push_back("run directories: " + folder);
    return remarks;
}

nlohmann::json to_json(const ComparisonLine& line) {
    return {{"label", line.label},
            {"weight_quantizer", line.weight_quantizer},
            {"activation_quantizer", line.activation_quantizer},
            {"bits", line.bits},
            {"seeds", line.seeds},
            {"top1_mean", or_null(line.top1_mean)},
            {"top1_sd", or_null(line.top1_sd)},
            {"to_fp32", or_null(line.to_fp32)},
            {"to_ste", or_null(line.to_ste)},
            {"images_per_second", or_null(only_speed(line.images_per_second))},
            {"images_per_second_by_machine", line.images_per_second},
            {"converged", line.converged},
            {"not_converged", line.not_converged},
            {"failed", line.failed},
            {"publishable", line.publishable},
            {"unpublishable_reason", line.unpublishable_reason},
            {"run_directories", line.run_directories}};
}

}  // namespace

std::string speeds_text(const std::map<std::string, double>& by_machine) {
    if (by_machine.empty()) return undefined_text;
    if (const auto speed = only_speed(by_machine)) return number_text(speed, 0);
    std::vector<std::string> texts;
    for (const auto& [machine, speed] : by_machine) texts.push_back(fmt::format("{}: {:.0f}", machine, speed));
    return join(texts, ", ");
}

std::string format_table(const Comparison& comparison) {
    if (comparison.lines.empty()) return "no contender has a result\n";
    return title_of(comparison) + "\n\n" + table_of(comparison).aligned() + "\n" + join(remarks_on(comparison), "\n") +
           "\n";
}

std::string format_markdown(const Comparison& comparison) {
    if (comparison.lines.empty()) return "No contender has a result.\n";
    std::string text = title_of(comparison) + "\n\n" + table_of(comparison).markdown() + "\n";
    for (const auto& remark : remarks_on(comparison)) text += "- " + remark + "\n";
    return text;
}

nlohmann::json to_json(const Comparison& comparison) {
    nlohmann::json lines = nlohmann::json::array();
    for (const auto& line : comparison.lines) lines.push_back(to_json(line));
    return {{"recipe", comparison.recipe},           {"protocol_id", comparison.protocol_id},
            {"dataset", comparison.dataset},         {"evaluated_on", comparison.evaluated_on},
            {"test_images", comparison.test_images}, {"machines", comparison.machines},
            {"commits", comparison.commits},         {"contenders", lines}};
}

}  // namespace dsqbench
