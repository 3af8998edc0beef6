// A plan: processes of this binary to run, some after others. Local processes here; Slurm arrays read the same plan.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "suite/core/progress.h"

namespace dsqbench {

// One process. It reports progress as lines of JSON on its stdout: {"fraction": 0.4, "detail": "epoch 2/3 ..."}; its
// stderr is kept, and its last lines are shown when it fails.
struct PlannedTask {
    std::string label;
    std::vector<std::string> command;
    std::vector<std::size_t> after;  // indices of tasks that must end with exit code 0 first
};

struct TaskOutcome {
    enum class State { succeeded, failed, not_started, stopped };
    State state = State::not_started;
    int exit_code = -1;
    std::string error;  // the last lines of stderr
};

struct LocalLaunch {
    std::size_t jobs = 1;
    // Environment of every task beside the inherited one: OMP_NUM_THREADS=1 and the like.
    std::vector<std::string> environment{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1"};
};

// Runs the plan with at most `jobs` processes at a time, in order where dependencies allow. One failing task stops only
// those that come after it. On SIGINT, SIGTERM or SIGUSR1 (see core/signals.h) the tasks get SIGTERM, and the call waits
// for their checkpoints. A task never outlives its parent (PR_SET_PDEATHSIG).
std::vector<TaskOutcome> run_locally(const std::vector<PlannedTask>& plan, const LocalLaunch& options, Progress& progress);

}  // namespace dsqbench
