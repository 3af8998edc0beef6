// From the tasks of a plan to jobs: which are missing, in which arrays, after what, and handing them in.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "suite/launch/slurm.h"
#include "suite/launch/submission.h"
#include "suite/launch/task_state.h"

namespace dsqbench {

// Of each task, in order. Where the queue has forgotten one, the accounting is asked for the reason.
std::vector<TaskStatus> states_of(const std::vector<SubmittedTask>& tasks, const std::filesystem::path& runs_folder,
                                  const std::vector<Submission>& submissions, std::optional<Queue> queue);

// Those without a result that nothing is queued for. A task that is there only for others (a pre-training) counts when
// one of these has no result.
std::vector<std::size_t> tasks_to_submit(const std::vector<SubmittedTask>& tasks,
                                         const std::vector<TaskStatus>& states);

// The elements of runs that are queued already, by an earlier submission: run -> "123_4".
std::map<std::string, std::string> queued_elements(const std::vector<SubmittedTask>& tasks,
                                                   const std::vector<TaskStatus>& states);

// What the array has to wait for, as Slurm writes it: "123" or "123_4". Arrays before it have their job ids. With a
// throttle an array waits for the whole of those before it, as otherwise both would count on their own.
std::vector<std::string> elements_before(const Submission& submission, std::size_t array, std::size_t throttle,
                                         const std::map<std::string, std::string>& queued);

// Throws Error(usage) for arrays of more elements than the cluster takes, Error(unavailable) when it cannot be asked.
void check_array_sizes(const Submission& submission);

// Writes the scripts and hands them in one by one, noting each id at once, so that a submission that breaks off is
// known for what it is. Throws Error.
void submit(Submission& submission, const SlurmOptions& options, const std::filesystem::path& program,
            const std::map<std::string, std::string>& queued);

}  // namespace dsqbench
