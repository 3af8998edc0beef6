// One element of a job array, on its node: runs its tasks, notes how each ended, and queues itself again when it had to
// stop at a checkpoint.
#pragma once

#include <cstddef>
#include <string>

#include "suite/core/error.h"
#include "suite/core/progress.h"
#include "suite/launch/submission.h"

namespace dsqbench {

// Of the job that this process is: from SLURM_JOB_ID and SLURM_RESTART_COUNT.
struct SlurmJob {
    std::string id;  // "" outside of Slurm
    std::size_t restarts = 0;
};
SlurmJob this_slurm_job();

// Runs what has no result yet, at most submission.jobs at a time; a task that failed before the element was queued
// again is not tried a second time. What stopped because of SIGUSR1, or by itself, is queued again up to
// submission.requeues times. SIGTERM and SIGINT come from somebody who ends the job on purpose, or from Slurm, which
// queues a preempted job again itself: nothing is queued then. Returns ok, failed, or checkpointed.
ExitCode run_element(const Submission& submission, const std::string& array, std::size_t element, const SlurmJob& job,
                     Progress& progress);

}  // namespace dsqbench
