#include "suite/cli/train_requests.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "suite/cli/run_metrics.h"
#include "suite/cli/run_plan.h"
#include "suite/core/hash.h"
#include "suite/core/signals.h"
#include "suite/data/dataset.h"
#include "suite/launch/ranks.h"
#include "suite/recipe/schema.h"
#include "suite/record/run_directory.h"
#include "suite/training/device.h"
#include "suite/training/process_group.h"
#include "suite/training/setup.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

// Says what failed and what the others had to say; a failure counts more than a stop.
ExitCode judge(const RunPlan& plan, const std::vector<TaskOutcome>& outcomes) {
    using State = TaskOutcome::State;
    if (stop_signal() != 0) return exit_code_of_stop(stop_signal());
    bool stopped = false;
    std::set<int> failures;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const TaskOutcome& outcome = outcomes[i];
        stopped = stopped || outcome.state == State::stopped;
        if (outcome.state == State::succeeded && !outcome.error.empty())
            fmt::print(stderr, "dsqbench: {}:\n{}\n", label_of(plan.tasks[i].request), outcome.error);
        if (outcome.state != State::failed && outcome.state != State::not_started) continue;
        if (outcome.state == State::failed) failures.insert(outcome.exit_code);
        fmt::print(stderr, "dsqbench: {} failed: {}\n", label_of(plan.tasks[i].request), outcome.error);
    }
    // What all of them say, unless a signal or the shell says it.
    if (failures.size() == 1 && *failures.begin() < 127) return static_cast<ExitCode>(*failures.begin());
    if (!failures.empty()) return ExitCode::failed;
    return stopped ? ExitCode::checkpointed : ExitCode::ok;
}

std::string values_of_section(const Recipe& recipe, const std::string& section) {
    std::string values;
    for (const Key& key : schema())
        if (key.name.rfind(section + ".", 0) == 0) values += recipe.value(key.name).dump() + "\n";
    return values;
}

// "12 of 32 cells, 70 of 198 runs": a cell is done when all its seeds are.
std::string cells_done(const RunPlan& plan, const std::vector<bool>& succeeded) {
    std::map<std::string, bool> done;
    std::size_t runs = 0;
    for (std::size_t i = 0; i < plan.tasks.size(); ++i) {
        runs += succeeded[i] ? 1 : 0;
        if (i < plan.pretrainings) continue;
        const auto cell = done.emplace(plan.tasks[i].request.label, true).first;
        cell->second = cell->second && succeeded[i];
    }
    std::size_t cells = 0;
    for (const auto& cell : done) cells += cell.second ? 1 : 0;
    return fmt::format("{} of {} cells, {} of {} runs", cells, done.size(), runs, plan.tasks.size());
}

// Rank 0 speaks for all and keeps the others' meeting point for as long as this process lives.
void join_ranks(const Ranks& ranks) {
    if (ranks.rank != 0) return silence_results();
    fmt::print(stderr, "dsqbench: rank 0 of {}, which meet at {}:{}\n", ranks.count, ranks.address, ranks.port);
    if (!ranks.launcher_listens) static const Rendezvous rendezvous(ranks);
}

// What is finished counts for the data that it was trained on alone.
void check_data_of_finished(const RunPlan& plan) {
    std::map<std::string, std::string> fingerprints;  // by what recipes ask of their data
    for (const auto& task : plan.tasks) {
        const auto result = read_result(task.run);
        if (!result) continue;
        const Recipe& recipe = task.request.recipe;
        std::string& fingerprint = fingerprints[values_of_section(recipe, "data")];
        if (fingerprint.empty()) fingerprint = open_splits(data_request(recipe, task.site.data_root)).fingerprint;
        if (text_of(result->at("row"), "dataset_fingerprint") != fingerprint) throw other_data(task.run);
    }
}

}  // namespace

void check_requests(const std::vector<RunRequest>& requests, const Session& session) {
    for (const auto& request : requests) {
        check_plugins(request.recipe);
        find_dataset(request.recipe.text("data.name"), session.data_root);
    }
}

Trained train_requests(const std::vector<RunRequest>& requests, const LaunchArguments& arguments,
                       ProgressOf progress_of, const Session& session) {
    check_device(arguments.device);
    for (const auto& request : requests) check_tricks_on(arguments.device, request.recipe.value("tricks"));
    const RunPlan plan = make_run_plan(requests, session.runs_folder, training_site(arguments, session));
    std::string identity;
    for (const auto& task : plan.tasks) identity += task.run.string() + "\n";
    check_data_of_finished(plan);
    const auto plan_file = session.runs_folder / "plans" / (sha256_hex(identity).substr(0, 12) + ".json");
    write_task_file(plan_file, plan.tasks);

    const auto ranks = launched_ranks();
    if (ranks) join_ranks(*ranks);
    const bool is_first = !ranks || ranks->rank == 0;
    Progress progress(is_first ? Progress::Style::automatic : Progress::Style::silent, arguments.progress_seconds);
    LocalLaunch launch;
    launch.jobs = ranks ? 1 : arguments.jobs;  // of each rank, so that all are at the same run
    launch.available_memory = [] { return available_memory(); };
    if (!arguments.prometheus.empty() && is_first) keep_metrics(launch, plan, arguments.prometheus, progress);
    if (progress_of == ProgressOf::all_cells)
        launch.summary = [&plan](const std::vector<bool>& succeeded) { return cells_done(plan, succeeded); };
    const auto outcomes = run_locally(plan.processes(session.program, plan_file), launch, progress);
    return {is_first ? store_rows(plan, ResultStore(session.results_folder)).rows : finished_rows(plan),
            judge(plan, outcomes)};
}

}  // namespace dsqbench
