#include "suite/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "suite/core/error.h"
#include "suite/report/contestant.h"

namespace dsqbench {

namespace {

void require_one_protocol(const std::vector<Row>& rows) {
    for (const Row& row : rows)
        if (row.at("protocol_id") != rows.front().at("protocol_id"))
            throw Error(ExitCode::failed,
                        fmt::format("'{}' and '{}' were trained under different protocols",
                                    text_of(rows.front(), "label"), text_of(row, "label")),
                        "compare contenders of one recipe; only their quantizers may differ");
}

// A contender is its recipe: two names for one recipe would show one thing as two.
void require_one_label_a_recipe(const std::vector<Row>& rows) {
    std::map<std::string, std::string> label_of;
    for (const Row& row : rows) {
        const auto [known, is_new] = label_of.emplace(text_of(row, "recipe_id"), text_of(row, "label"));
        if (!is_new && known->second != text_of(row, "label"))
            throw Error(ExitCode::failed,
                        fmt::format("'{}' and '{}' are the same recipe", known->second, text_of(row, "label")),
                        "give one of them a quantizer of its own");
    }
}

std::string bits_of(const Row& row) {
    const auto bits = [&row](const char* quantizer, const char* field) {
        return text_of(row, quantizer) == "fp32" ? 32 : row.at(field).get<int>();
    };
    return fmt::format("{}/{}", bits("weight_quantizer", "weight_bits"),
                       bits("activation_quantizer", "activation_bits"));
}

void add_run(ComparisonLine& line, std::uint64_t seed, const Row& row) {
    line.seeds.push_back(seed);
    ++(converged(row) ? line.converged : line.not_converged);
    if (line.unpublishable_reason.empty()) line.unpublishable_reason = text_of(row, "unpublishable_reason");
    const std::string folder = text_of(row, "run_directory");
    if (!folder.empty()) line.run_directories.push_back(folder);
}

ComparisonLine line_of(const Contestant& contestant) {
    ComparisonLine line;
    const Row& any = contestant.by_seed.begin()->second;
    line.label = contestant.label;
    line.weight_quantizer = text_of(any, "weight_quantizer");
    line.activation_quantizer = text_of(any, "activation_quantizer");
    line.bits = bits_of(any);
    line.publishable = publishable(contestant);
    std::vector<Row> runs;
    for (const auto& [seed, row] : contestant.by_seed) {
        add_run(line, seed, row);
        runs.push_back(row);
    }
    const auto top1 = values_of(converged_values(contestant, "top1"));
    if (!top1.empty()) line.top1_mean = mean(top1);
    line.top1_sd = standard_deviation(top1);
    line.images_per_second = speeds_of(runs);
    return line;
}

// The contender with quantizer `name` on both sides; nullptr when the comparison has none.
const Contestant* reference(const std::vector<Contestant>& all, const std::string& name) {
    for (const auto& contestant : all) {
        const Row& row = contestant.by_seed.begin()->second;
        if (text_of(row, "weight_quantizer") == name && text_of(row, "activation_quantizer") == name)
            return &contestant;
    }
    return nullptr;
}

std::optional<Difference> difference_to(const Contestant* reference, const Contestant& contestant) {
    if (reference == nullptr || reference == &contestant) return std::nullopt;
    return difference_over_common_seeds(converged_values(contestant, "top1"), converged_values(*reference, "top1"));
}

}  // namespace

Comparison compare_contenders(const std::vector<Row>& rows) {
    std::vector<Row> trainings;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(trainings),
                 [](const Row& row) { return text_of(row, "kind") == "training"; });
    if (trainings.empty()) return {};
    require_one_protocol(trainings);
    require_one_label_a_recipe(trainings);
    require_same_data(trainings);
    const auto all = contestants(trainings);
    const Contestant *fp32 = reference(all, "fp32"), *ste = reference(all, "ste");
    const Row& first = trainings.front();
    Comparison comparison{text_of(first, "recipe"),       text_of(first, "protocol_id"), text_of(first, "dataset"),
                          text_of(first, "evaluated_on"), first.at("test_images"),       {}};
    for (const auto& contestant : all) {
        comparison.lines.push_back(line_of(contestant));
        comparison.lines.back().to_fp32 = difference_to(fp32, contestant);
        comparison.lines.back().to_ste = difference_to(ste, contestant);
        for (const auto& [seed, row] : contestant.by_seed) {
            comparison.machines.insert(text_of(row, "machine"));
            comparison.commits.insert(text_of(row, "commit"));
        }
    }
    return comparison;
}

std::vector<Comparison> compare_by_protocol(const std::vector<Row>& rows) {
    std::vector<std::string> protocols;
    std::map<std::string, std::vector<Row>> rows_of;
    for (const Row& row : rows) {
        const std::string protocol = text_of(row, "protocol_id");
        if (protocol.empty()) continue;
        if (rows_of.count(protocol) == 0) protocols.push_back(protocol);
        rows_of[protocol].push_back(row);
    }
    std::vector<Comparison> comparisons;
    for (const auto& protocol : protocols) comparisons.push_back(compare_contenders(rows_of.at(protocol)));
    return comparisons;
}

}  // namespace dsqbench
