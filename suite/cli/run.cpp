// `dsqbench run`: trains every contender of a recipe under one protocol and prints the comparison.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "quantizers/quantizer.h"
#include "suite/cli/comparisons.h"
#include "suite/cli/run_plan.h"
#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/core/signals.h"
#include "suite/data/dataset.h"
#include "suite/record/row.h"
#include "suite/record/run_directory.h"
#include "suite/training/setup.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string recipe;
    std::vector<std::string> quantizers, overrides, sweeps;
    std::string seeds;
    std::size_t jobs = std::max(1u, std::thread::hardware_concurrency());
    std::int64_t limit_batches = 0;
    double checkpoint_seconds = 60;
    std::string device = "cpu";
};

std::vector<Contender> contenders_of(const Arguments& arguments, const Recipe& recipe) {
    std::vector<Contender> contenders;
    for (const auto& text : arguments.quantizers.empty() ? recipe.texts("contenders") : arguments.quantizers) {
        const QuantizerPair pair = complete_pair(text);
        contenders.push_back({text, pair.weight, pair.activation});
    }
    return contenders;
}

std::vector<RunRequest> requests_of(const Arguments& arguments, const Session& session) {
    const auto folder = session.recipes_folder.empty() ? default_recipes_folder() : session.recipes_folder;
    const Recipe recipe = load_recipe(arguments.recipe, folder, arguments.overrides);
    const auto seeds = parse_seeds(arguments.seeds.empty() ? recipe.text("seeds") : arguments.seeds);
    auto requests = expand(recipe, contenders_of(arguments, recipe), arguments.sweeps, seeds);
    // Everything that can be wrong before the first image is loaded is said before any process starts.
    for (const auto& request : requests) {
        check_plugins(request.recipe);
        find_dataset(request.recipe.text("data.name"), session.data_root);
    }
    return requests;
}

// The rows of the finished contenders go into the store, which knows those that it has already.
std::vector<Row> collect_rows(const RunPlan& plan, const Session& session) {
    ResultStore store(session.results_folder);
    std::vector<Row> rows;
    for (std::size_t i = plan.pretrainings; i < plan.tasks.size(); ++i) {
        const auto result = read_result(plan.tasks[i].run);
        if (!result) continue;
        rows.push_back(result->at("row"));
        store.append(rows.back());
    }
    return rows;
}

// Says what failed and returns the exit code of the whole: a failure counts more than a stop, a stop more than
// divergence.
ExitCode judge(const RunPlan& plan, const std::vector<TaskOutcome>& outcomes, const std::vector<Row>& rows) {
    using State = TaskOutcome::State;
    if (stop_signal() != 0) return exit_code_of_stop(stop_signal());
    bool failed = false, stopped = false;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const TaskOutcome& outcome = outcomes[i];
        stopped = stopped || outcome.state == State::stopped;
        if (outcome.state != State::failed && outcome.state != State::not_started) continue;
        failed = true;
        const RunRequest& request = plan.tasks[i].request;
        fmt::print(stderr, "dsqbench: {} seed {} failed: {}\n", request.label, request.seed, outcome.error);
    }
    if (failed) return ExitCode::failed;
    if (stopped) return ExitCode::checkpointed;
    const auto diverged = [](const Row& row) { return text_of(row, "outcome") != "finished"; };
    return std::any_of(rows.begin(), rows.end(), diverged) ? ExitCode::numeric : ExitCode::ok;
}

void run(const Arguments& arguments, Session& session) {
    TrainingSite site;
    site.data_root = session.data_root;
    site.device = arguments.device;
    site.limit_batches = arguments.limit_batches;
    site.checkpoint_seconds = arguments.checkpoint_seconds;
    const auto requests = requests_of(arguments, session);
    const RunPlan plan = make_run_plan(requests, session.runs_folder, site);
    std::string identity;
    for (const auto& task : plan.tasks) identity += task.run.string() + "\n";
    const auto plan_file = session.runs_folder / "plans" / (sha256_hex(identity).substr(0, 12) + ".json");
    write_task_file(plan_file, plan.tasks);

    Progress progress;
    LocalLaunch launch;
    launch.jobs = arguments.jobs;
    const auto outcomes = run_locally(plan.processes(session.program, plan_file), launch, progress);
    const auto rows = collect_rows(plan, session);
    print_comparisons(compare_by_protocol(rows), TableFormat::terminal, session);
    session.exit_code = judge(plan, outcomes, rows);
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_option(command, "--recipe", arguments->recipe, "a recipe's name, or a path to one")->required();
    add_option(command, "--quantizer", arguments->quantizers,
               "contenders instead of the recipe's: one quantizer, or weights/activations as in dorefa/pact");
    add_option(command, "--seeds", arguments->seeds, "as 0..4 or 1,3; the recipe's by default");
    add_option(command, "--set", arguments->overrides, "override a recipe key: training.epochs=3")
        ->allow_extra_args(false);
    add_option(command, "--over", arguments->sweeps, "sweep a recipe key: training.learning_rate=0.1,0.01")
        ->allow_extra_args(false);
    add_option(command, "--jobs", arguments->jobs, "processes at a time")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    add_option(command, "--limit-batches", arguments->limit_batches,
               "stop each epoch and evaluation after so many batches; the rows are marked unpublishable")
        ->check(CLI::NonNegativeNumber);
    add_option(command, "--checkpoint-seconds", arguments->checkpoint_seconds,
               "time between checkpoints; 0: every step")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    add_option(command, "--device", arguments->device, "LibTorch device")->capture_default_str();
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb run_verb{"run", "train the contenders of a recipe and compare them", declare};

}  // namespace dsqbench
