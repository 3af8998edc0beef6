// `dsqbench worker`: one training run of a plan, as the child process that `run` starts. Progress goes to stdout as
// lines of JSON, for the parent.
#include <fmt/format.h>

#include "suite/cli/task_file.h"
#include "suite/cli/verbs.h"
#include "suite/core/clock.h"
#include "suite/core/memory.h"
#include "suite/core/signals.h"
#include "suite/training/process_group.h"

namespace dsqbench {

namespace {

constexpr double seconds_between_reports = 0.2;

struct Arguments {
    std::filesystem::path plan;
    std::size_t index = 0;
};

void work(const Arguments& arguments, Session& session) {
    TrainingTask task = read_task(arguments.plan, arguments.index);
    if (const auto ranks = launched_ranks())
        task.site.group = std::make_shared<ProcessGroup>(
            *ranks, fmt::format("{} {}", arguments.plan.stem().string(), arguments.index));
    double reported = -1e9;
    task.site.on_progress = [&](double fraction, const std::string& detail) {
        if (monotonic_seconds() - reported < seconds_between_reports) return;
        reported = monotonic_seconds();
        const ResidentMemory memory = resident_memory();
        print_result(nlohmann::json{
            {"fraction", fraction}, {"detail", detail}, {"memory", {{"now", memory.now}, {"peak", memory.peak}}}}
                         .dump());
    };
    if (train(task.request, task.run, task.site) == TrainingEnd::stopped)
        session.exit_code = exit_code_of_stop(stop_signal());
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    command.add_option("--plan", arguments->plan, "the plan file")->required();
    command.add_option("--index", arguments->index, "which run of it")->required();
    command.callback([arguments, &session] { work(*arguments, session); });
}

}  // namespace

const Verb worker_verb{"worker", "", declare};

}  // namespace dsqbench
