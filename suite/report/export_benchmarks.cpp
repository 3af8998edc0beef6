// The newest numbers in the formats of services that draw their own trends.
#include <fmt/format.h>

#include <map>

#include "suite/report/export.h"
#include "suite/report/latency_case.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

std::string name_of(const BoardLine& line) {
    return fmt::format("{} {} {} protocol {}", line.recipe, line.contender.label, line.contender.bits,
                       line.protocol_id.substr(0, 12));
}

// Kernels on layers and whole networks by name; of networks that were trained with several seeds the newest.
std::map<std::string, const Row*> latencies_of(const Leaderboard& board) {
    std::map<std::string, const Row*> rows;
    for (const auto* kind : {&board.kernels, &board.networks})
        for (const Row& row : *kind) {
            if (text_of(row, "method") != "measured" || !real_of(row, "median_ns")) continue;
            const Row*& kept = rows[latency_name(row)];
            if (kept == nullptr || text_of(*kept, "time") <= text_of(row, "time")) kept = &row;
        }
    return rows;
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
    for (const auto& [name, row] : latencies_of(board)) {
        const auto spread = real_of(*row, "spread");
        list.push_back({{"name", name},
                        {"unit", "ms"},
                        {"value", *real_of(*row, "median_ns") / 1e6},
                        {"range", spread ? fmt::format("{:.1f} %", *spread) : ""},
                        {"extra", text_of(*row, "command")}});
    }
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
    for (const auto& [name, row] : latencies_of(board)) {
        Json latency{{"value", *real_of(*row, "median_ns")}};
        if (const auto low = real_of(*row, "minimum_ns")) latency["lower_value"] = *low;
        metrics[name]["latency"] = latency;
    }
    return metrics;
}

}  // namespace dsqbench
