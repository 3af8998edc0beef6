// What `run` is asked to train, from its command line: shared with `submit`, which hands the same runs to a cluster.
#pragma once

#include <string>
#include <vector>

#include "suite/cli/train_requests.h"

namespace dsqbench {

struct RunArguments {
    std::string recipe;
    std::vector<std::string> quantizers, overrides, sweeps;
    std::string seeds, era;
    std::filesystem::path weights;
    LaunchArguments launch;
};

// --recipe, --quantizer, --seeds, --era, --set, --over, --weights, --limit-batches and those of add_launch_options().
void add_run_options(CLI::App& command, RunArguments& arguments);

// Every contender with every seed, checked: what can be wrong before the first image is loaded throws Error here.
std::vector<RunRequest> run_requests(const RunArguments& arguments, const Session& session);

}  // namespace dsqbench
