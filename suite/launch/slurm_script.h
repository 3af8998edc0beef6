// The batch script of one array of a submission: options for sbatch, then one command. All that has to be decided on a
// node is decided by that command (array_element.h), not by a shell.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "suite/launch/submission.h"

namespace dsqbench {

struct SlurmOptions {
    std::size_t throttle = 0;          // elements at a time; 0: as many as Slurm likes
    std::string time_limit;            // of an element, as sbatch takes it: "30", "4:00:00", "1-0"; "": the partition's
    std::size_t signal_seconds = 120;  // SIGUSR1 comes so long before the limit; Slurm rounds to a minute
    std::string partition, account;    // "": the user's
    std::vector<std::string> further{};  // options of sbatch: "--gres=gpu:1"
};

// Throws Error(usage) for a time limit that is none or too short for the signal before it, an option of sbatch that would break the plan (another --array,
// --output, ...), or a control character in any of them.
void check_slurm_options(const SlurmOptions& options);

// Throws Error(usage) for a path that Slurm cannot take in the name of a log: its own escapes leave no way to write a
// backslash, and a control character would end the line.
void check_slurm_path(const std::filesystem::path& path);

// `program` is run in `working_folder`, where the tasks' relative paths are meant; both absolute.
std::string slurm_script(const Submission& submission, const TaskArray& array, const SlurmOptions& options,
                         const std::filesystem::path& program, const std::filesystem::path& working_folder);

}  // namespace dsqbench
