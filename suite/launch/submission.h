// What was handed to a cluster: one folder a submission, <runs>/slurm/0001, with all that its array elements need.
//   plan.json         the training runs, for the workers
//   submission.json   this: which element of which array does which runs, and Slurm's ids of the arrays
//   stage-1.sh ...    the batch scripts
//   logs/, exits/     what each element wrote; how each run ended
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dsqbench {

struct SubmittedTask {
    std::string label;
    std::vector<std::string> command;
    // Its run directory and those that must have a result before it, relative to the folder of runs, so that a folder
    // reached by another path is still the same.
    std::string run;
    std::vector<std::string> needs{};
};

struct TaskArray {
    std::string name;                                // "stage-1"
    std::vector<std::vector<std::size_t>> elements;  // tasks of each, in their order
    std::string job{};                               // Slurm's id, "" before it is known
};

struct Submission {
    std::filesystem::path folder;
    std::size_t jobs = 1;      // processes at a time in an element
    std::size_t requeues = 0;  // how often an element that stopped at a checkpoint is queued again
    std::vector<SubmittedTask> tasks;
    std::vector<TaskArray> arrays;

    std::filesystem::path runs_folder() const { return folder.parent_path().parent_path(); }
    std::filesystem::path run_of(const SubmittedTask& task) const { return runs_folder() / task.run; }
    std::filesystem::path log_of(const TaskArray& array, std::size_t element) const;
};

// How a task ended, as its element saw it.
struct TaskEnd {
    std::string state;  // "succeeded", "failed" or "stopped"
    int exit_code = 0;
    std::string error;
};

// Throws Error(failed) when it cannot be written.
void write_submission(const Submission& submission);
// Throws Error(data) for a folder without one, or a damaged one.
Submission read_submission(const std::filesystem::path& folder);
// All below <runs_folder>/slurm, oldest first.
std::vector<Submission> read_submissions(const std::filesystem::path& runs_folder);
// The folder of the next one: <runs_folder>/slurm/0001, one more than the last.
std::filesystem::path next_submission_folder(const std::filesystem::path& runs_folder);

void write_end(const Submission& submission, std::size_t task, const TaskEnd& end);
// nullopt when the task has not ended, or its element died with it.
std::optional<TaskEnd> read_end(const Submission& submission, std::size_t task);

// Tasks in stages: those that need none of the others, then those whose needs are in earlier stages. Within a stage,
// what others wait for comes first. `pack` tasks an element.
std::vector<TaskArray> arrays_of(const std::vector<SubmittedTask>& tasks, std::size_t pack);

}  // namespace dsqbench
