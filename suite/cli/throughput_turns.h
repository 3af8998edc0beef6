// Benchmarks that take turns with other programs: rounds, then rows of kind "throughput".
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/report/throughput.h"

namespace dsqbench {

// `round` and one of every rival ("NAME=COMMAND", see launch/turn_taker.h), once to warm up, then `rounds` times; the
// seconds go into `measured` and the result. Throws Error(usage) for a rival without a name or a command, Error(failed)
// for one that does not answer.
std::vector<ThroughputRival> take_turns(Throughput& measured, const std::function<double()>& round,
                                        const std::vector<std::string>& rivals, int rounds);

// Completes the rows with this machine and whether they may be published, prints them, and adds them to the store in
// `results`; none is kept where that is "".
void finish_throughput(std::vector<Row> rows, const std::filesystem::path& results, const Session& session);

}  // namespace dsqbench
