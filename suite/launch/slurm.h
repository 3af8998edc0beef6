// Slurm's own commands: sbatch, squeue, sacct, scontrol.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "suite/launch/slurm_script.h"

namespace dsqbench {

struct QueueEntry {
    std::string state;   // Slurm's word: "RUNNING"
    std::string detail;  // its reason or exit code; "" when there is none
};

// By array element: "123_4".
using Queue = std::map<std::string, QueueEntry>;

// Lines "123_4|RUNNING|None", as squeue and sacct print them; others are passed over.
Queue parse_queue(const std::string& text);

// The user's jobs that Slurm's controller remembers. Throws Error(unavailable) when it cannot be asked.
Queue slurm_queue();

// What the accounting knows of these jobs ("123"); nothing where a cluster keeps none.
Queue slurm_accounting(const std::vector<std::string>& jobs);

// Most elements that an array can have. Throws Error(unavailable).
std::size_t slurm_array_limit();

// Hands a script in, to start when all elements in `after` ("123_4", or "123" for a whole array) have ended in whatever
// way. Returns the array's job id. Throws Error(unavailable) when there is no sbatch, Error(failed) when it refuses.
std::string submit_script(const std::filesystem::path& script, const std::vector<std::string>& after,
                          const SlurmOptions& options);

// Queues the job of this process again. Returns Slurm's objection, "" when there is none.
std::string requeue_job(const std::string& job);

}  // namespace dsqbench
