// Where each task of a plan stands: by its run directory, the submissions, and what Slurm says.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "suite/launch/slurm.h"
#include "suite/launch/submission.h"

namespace dsqbench {

enum class TaskState {
    done,
    not_converged,  // done too, with that outcome
    running,        // its element is: it may wait there for its turn
    pending,        // queued, for the first time or again
    failed,
    stopped,  // at a checkpoint, and not queued again
    lost,     // its element ended without a word: cancelled, out of time, killed with its node
    not_submitted,
    unknown,  // submitted, but Slurm cannot be asked
};

const char* to_text(TaskState state);  // "not converged"

// Is there nothing to wait for, and no result?
bool is_missing(TaskState state);

struct TaskStatus {
    TaskState state = TaskState::not_submitted;
    std::string element;        // "123_4" of its latest submission
    std::string detail;         // why, where something is known
    std::filesystem::path log;  // of that element
};

// `queue` is nullopt when Slurm cannot be asked. Throws Error(data) for a damaged result.
TaskStatus status_of(const SubmittedTask& task, const std::filesystem::path& runs_folder,
                     const std::vector<Submission>& submissions, const std::optional<Queue>& queue);

}  // namespace dsqbench
