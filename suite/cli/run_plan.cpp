#include "suite/cli/run_plan.h"

#include <fmt/format.h>

#include <map>

#include "suite/cli/given_weights.h"
#include "suite/record/run_directory.h"

namespace dsqbench {

namespace {

// A run cut short must not be taken for the whole one later.
std::filesystem::path directory_of(const RunRequest& request, const std::filesystem::path& runs_folder,
                                   const TrainingSite& site) {
    auto path = run_path(runs_folder, request);
    if (site.limit_batches > 0) path += fmt::format("-limit{}", site.limit_batches);
    return path;
}

}  // namespace

std::string label_of(const RunRequest& request) {
    return fmt::format("{} seed {}", request.label, request.seed);
}

std::vector<std::string> worker_command(const std::filesystem::path& program, const std::filesystem::path& plan_file,
                                        std::size_t index) {
    return {program.string(), "worker", "--plan", plan_file.string(), "--index", std::to_string(index)};
}

TrainingSite training_site(const LaunchArguments& arguments, const Session& session) {
    TrainingSite site;
    site.data_root = session.data_root;
    site.device = arguments.device;
    site.limit_batches = arguments.limit_batches;
    site.checkpoint_seconds = arguments.checkpoint_seconds;
    return site;
}

std::vector<Row> finished_rows(const RunPlan& plan) {
    std::vector<Row> rows;
    for (std::size_t i = plan.pretrainings; i < plan.tasks.size(); ++i)
        if (const auto result = read_result(plan.tasks[i].run)) rows.push_back(result->at("row"));
    return rows;
}

StoredRows store_rows(const RunPlan& plan, ResultStore store) {
    StoredRows stored{finished_rows(plan), 0};
    for (const Row& row : stored.rows) stored.added += store.append(row) ? 1 : 0;
    return stored;
}

RunPlan make_run_plan(const std::vector<RunRequest>& requests, const std::filesystem::path& runs_folder,
                      const TrainingSite& site) {
    RunPlan plan;
    std::map<std::filesystem::path, std::size_t> pretrainings;  // by run directory: one a recipe_id and seed
    for (const auto& request : requests) {
        const auto recipe = pretraining_of(request.recipe);
        if (!recipe) continue;
        const RunRequest pretraining{"pretraining", *recipe, request.seed};
        const auto run = directory_of(pretraining, runs_folder, site);
        if (pretrainings.emplace(run, plan.tasks.size()).second) plan.tasks.push_back({pretraining, run, site});
    }
    plan.pretrainings = plan.tasks.size();
    plan.after.resize(plan.pretrainings);
    for (const auto& request : requests) {
        TrainingTask task{request, directory_of(request, runs_folder, site), site};
        plan.after.emplace_back();
        task.site.given_weights = given_weights_path(request.recipe, runs_folder);
        if (const auto recipe = pretraining_of(request.recipe)) {
            const auto run = directory_of({"pretraining", *recipe, request.seed}, runs_folder, site);
            task.site.pretrained_weights = run / "weights.safetensors";
            plan.after.back().push_back(pretrainings.at(run));
        }
        plan.tasks.push_back(std::move(task));
    }
    return plan;
}

std::vector<PlannedTask> RunPlan::processes(const std::filesystem::path& program,
                                            const std::filesystem::path& plan_file) const {
    std::vector<PlannedTask> processes;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        processes.push_back({label_of(tasks[i].request), worker_command(program, plan_file, i), after[i]});
    }
    return processes;
}

}  // namespace dsqbench
