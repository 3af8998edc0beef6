// What `submit` prints.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/launch/submit_tasks.h"

namespace dsqbench {

struct ClusterReport {
    std::vector<SubmittedTask> tasks;
    std::vector<TaskStatus> states;  // of each
    std::size_t stored = 0;          // runs that are no tasks any more, as their rows are stored
    std::size_t rows = 0;            // written into the store by this call
    std::string note;
    std::optional<Submission> submission;  // made by this call
};

std::string format_table(const ClusterReport& report);
nlohmann::json to_json(const ClusterReport& report);

// failed: a run failed or was lost; checkpointed: not all have a result yet; numeric: all have, some diverged.
ExitCode exit_code_of(const ClusterReport& report);

// The scripts of a submission that is not made.
void print_scripts(const Submission& submission, const SlurmOptions& options, const Session& session);

}  // namespace dsqbench
