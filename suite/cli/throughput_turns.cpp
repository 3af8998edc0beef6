#include "suite/cli/throughput_turns.h"

#include <fmt/format.h>

#include <memory>

#include "kernels/bench/processor.h"
#include "suite/cli/timing_rows.h"
#include "suite/core/signals.h"
#include "suite/launch/turn_taker.h"

namespace dsqbench {

namespace {

// Of fewer rounds than this the median is moved by every disturbance.
constexpr std::size_t fewest_rounds = 5;

std::string rounds_obstacle(const Row& row) {
    if (row.at("rounds") >= fewest_rounds) return {};
    return fmt::format("fewer than {} rounds", fewest_rounds);
}

}  // namespace

TurnSide rival_of(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
        throw Error(ExitCode::usage, fmt::format("'{}' names no rival", text), "it is NAME=COMMAND");
    const std::string name = text.substr(0, equals);
    const auto taker = std::make_shared<TurnTaker>(name, text.substr(equals + 1));
    return {name, [taker] { return taker->take_turn(); }};
}

std::vector<ThroughputRival> take_turns(Throughput& measured, const std::function<double()>& round,
                                        const std::vector<TurnSide>& rivals, int rounds) {
    std::vector<ThroughputRival> found;
    for (const auto& side : rivals) found.push_back({side.name, {}});
    for (int turn = 0; turn <= rounds; ++turn) {
        for (std::size_t i = 0; i < rivals.size(); ++i) {
            const double seconds = rivals[i].round();
            if (turn > 0) found[i].seconds.push_back(seconds);
        }
        if (stop_signal() != 0) throw Error(exit_code_of_stop(stop_signal()), "stopped");
        const double seconds = round();
        if (turn > 0) measured.seconds.push_back(seconds);
    }
    return found;
}

void finish_throughput(std::vector<Row> rows, const std::filesystem::path& results, const Session& session) {
    for (Row& row : rows) {
        row["processor"] = processor_name();
        add_publication(row, {build_obstacle(), rounds_obstacle(row)});
        row = complete_row(row);
        check_row(row, "bench");
    }
    session.json ? print_json({{"rows", rows}}) : print_result(throughput_table(rows).aligned());
    if (results.empty()) return;
    ResultStore store(results);
    for (const Row& row : rows) store.append(row);
}

}  // namespace dsqbench
