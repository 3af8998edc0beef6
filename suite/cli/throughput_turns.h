// Benchmarks that take turns with other programs: rounds, then rows of kind "throughput".
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/report/throughput.h"

namespace dsqbench {

// Someone who takes turns: a round returns its seconds.
struct TurnSide {
    std::string name;
    std::function<double()> round;
};

// "NAME=COMMAND", a process as in launch/turn_taker.h. Throws Error(usage) without a name or a command; its rounds throw
// Error(failed) when it does not answer.
TurnSide rival_of(const std::string& text);

// `round` and one of every rival, once to warm up, then `rounds` times; the seconds go into `measured` and the result.
std::vector<ThroughputRival> take_turns(Throughput& measured, const std::function<double()>& round,
                                        const std::vector<TurnSide>& rivals, int rounds);

// Completes the rows with this machine and whether they may be published, prints them, and adds them to the store in
// `results`; none is kept where that is "".
void finish_throughput(std::vector<Row> rows, const std::filesystem::path& results, const Session& session);

}  // namespace dsqbench
