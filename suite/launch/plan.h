// A plan: processes of this binary to run, some after others. Local processes here; Slurm arrays read the same plan.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "suite/core/progress.h"
#include "suite/launch/memory_gate.h"
#include "suite/launch/output.h"

namespace dsqbench {

// One process. It reports progress as lines of JSON on its stdout: {"fraction": 0.4, "detail": "epoch 2/3 ...",
// "memory": {"now": 1073741824, "peak": 1181116006}, "figures": {"loss": 0.4}}, the memory (resident bytes) from its
// first step on if at all; anything else there is passed over; of its stderr the last lines are kept for the caller to
// show.
struct PlannedTask {
    std::string label;
    std::vector<std::string> command;
    std::vector<std::size_t> after;  // indices of tasks that must end with exit code 0 first
};

struct TaskOutcome {
    // stopped: ended by a stop signal, or by itself at a checkpoint (exit codes 75 and 130).
    enum class State { succeeded, failed, not_started, stopped };
    State state = State::not_started;
    int exit_code = -1;  // 128 + n for a process that signal n ended; 127 for one that could not be started
    std::string error;   // the last lines of stderr, what signal ended it, or why it did not start
};

struct LocalLaunch {
    std::size_t jobs = 1;
    // When set, bytes that are left: no task is started beside others when there is less than one is likely to need,
    // which is known when the first has told its memory; until then it runs alone.
    MemoryGate::Available available_memory;
    // Environment of every task beside the inherited one: OMP_NUM_THREADS=1 and the like.
    std::vector<std::string> environment{"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1"};
    // When set, the plan has one bar instead of one a task, and this is what stands beside it; `succeeded` says of each
    // task whether it has. For plans of hundreds.
    std::function<std::string(const std::vector<bool>& succeeded)> summary;
    // When set, called with every report of a task.
    std::function<void(std::size_t task, const ProgressReport& report)> on_report;
    // When set, called as soon as a started task has ended.
    std::function<void(std::size_t task, const TaskOutcome& outcome)> on_end;
};

// Runs the plan with at most `jobs` processes at a time, in order where dependencies allow. One failing task stops only
// those that come after it. On SIGINT, SIGTERM or SIGUSR1 (see core/signals.h) the tasks get SIGTERM, and the call
// waits for their checkpoints. A task never outlives the thread that called this (PR_SET_PDEATHSIG). Throws
// std::logic_error for a plan that cannot be run: a dependency that does not exist or comes back to its task, an empty
// command.
std::vector<TaskOutcome> run_locally(const std::vector<PlannedTask>& plan, const LocalLaunch& options,
                                     Progress& progress);

}  // namespace dsqbench
