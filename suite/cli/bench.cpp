// `dsqbench bench`: how fast things are here. Without a target, kernels.
#include "suite/cli/bench_targets.h"
#include "suite/cli/verbs.h"

namespace dsqbench {

namespace {

// In the order of the help.
const Verb* const targets[] = {
    &bench_kernels_target,
#ifdef DSQBENCH_WITH_TORCH
    &bench_training_target,
    &bench_loader_target,
    &bench_ranks_target,
#endif
};

void declare(CLI::App& command, Session& session) {
    for (const Verb* target : targets) target->declare(*command.add_subcommand(target->name, target->summary), session);
    // CLI11 calls this command's callback beside a target's own, which is why bench_kernels.cpp looks for targets.
    bench_kernels_target.declare(command, session);
}

}  // namespace

const Verb bench_verb{"bench", "kernel latency per layer, against the rivals; speed of a training step and of loading",
                      declare};

}  // namespace dsqbench
