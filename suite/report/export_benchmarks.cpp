// The newest numbers in the formats of services that draw their own trends.
#include <fmt/format.h>

#include "suite/report/export.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

std::string name_of(const BoardLine& line) {
    return fmt::format("{} {} {} protocol {}", line.recipe, line.contender.label, line.contender.bits,
                       line.protocol_id.substr(0, 12));
}

std::string name_of(const Row& kernel) {
    return fmt::format("{} {} {} W{}A{} {} threads {} {}", text_of(kernel, "network"), text_of(kernel, "layer"),
                       text_of(kernel, "variant"), kernel.value("weight_bits", 0), kernel.value("activation_bits", 0),
                       kernel.value("threads", 1), text_of(kernel, "cache"), text_of(kernel, "machine"));
}

std::optional<double> real(const Row& row, const char* field) {
    return row.contains(field) && row[field].is_number() ? std::optional(row[field].get<double>()) : std::nullopt;
}

}  // namespace

Json github_action_benchmark(const Leaderboard& board) {
    Json list = Json::array();
    for (const auto& line : board.lines)
        if (line.contender.top1_mean)
            list.push_back({{"name", name_of(line)},
                            {"unit", "% error"},
                            {"value", 100 - *line.contender.top1_mean},
                            {"range", line.contender.top1_sd ? fmt::format("± {:.2f}", *line.contender.top1_sd) : ""},
                            {"extra", line.command}});
    for (const Row& row : board.kernels)
        if (const auto median = real(row, "median_ns"))
            list.push_back({{"name", name_of(row)},
                            {"unit", "ms"},
                            {"value", *median / 1e6},
                            {"range", real(row, "spread") ? fmt::format("{:.1f} %", *real(row, "spread")) : ""},
                            {"extra", text_of(row, "command")}});
    return list;
}

Json bencher_metrics(const Leaderboard& board) {
    Json metrics = Json::object();
    for (const auto& line : board.lines) {
        if (!line.contender.top1_mean) continue;
        Json accuracy{{"value", *line.contender.top1_mean}};
        if (line.contender.top1_sd) {
            accuracy["lower_value"] = *line.contender.top1_mean - *line.contender.top1_sd;
            accuracy["upper_value"] = *line.contender.top1_mean + *line.contender.top1_sd;
        }
        metrics[name_of(line)]["accuracy"] = accuracy;
    }
    for (const Row& row : board.kernels) {
        const auto median = real(row, "median_ns");
        if (!median) continue;
        Json latency{{"value", *median}};
        if (const auto low = real(row, "minimum_ns")) latency["lower_value"] = *low;
        metrics[name_of(row)]["latency"] = latency;
    }
    return metrics;
}

}  // namespace dsqbench
