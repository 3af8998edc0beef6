// What `dsqbench run` or `submit` is going to do: every training run with its directory, pre-training first, each once.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "suite/cli/task_file.h"
#include "suite/cli/train_requests.h"
#include "suite/launch/plan.h"
#include "suite/recipe/matrix.h"

namespace dsqbench {

struct RunPlan {
    std::vector<TrainingTask> tasks;              // pre-trainings, then contenders
    std::vector<std::vector<std::size_t>> after;  // per task: those that must be finished first
    std::size_t pretrainings = 0;                 // how many of the tasks are pre-trainings

    // The same as processes of `program`, reading their task from `plan_file`.
    std::vector<PlannedTask> processes(const std::filesystem::path& program,
                                       const std::filesystem::path& plan_file) const;
};

// "dsq seed 0"
std::string label_of(const RunRequest& request);
// Task `index` of the plan in `plan_file` as a process of `program`.
std::vector<std::string> worker_command(const std::filesystem::path& program, const std::filesystem::path& plan_file,
                                        std::size_t index);

TrainingSite training_site(const LaunchArguments& arguments, const Session& session);

// The rows of the plan's finished runs, without pre-trainings.
std::vector<Row> finished_rows(const RunPlan& plan);
// The same; all of them are in the store afterwards.
struct StoredRows {
    std::vector<Row> rows;
    std::size_t added = 0;  // that the store did not have
};
StoredRows store_rows(const RunPlan& plan, ResultStore store);

RunPlan make_run_plan(const std::vector<RunRequest>& requests, const std::filesystem::path& runs_folder,
                      const TrainingSite& site);

}  // namespace dsqbench
