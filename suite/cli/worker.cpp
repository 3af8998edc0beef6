// `dsqbench worker`: one training run of a plan, as the child process that `run` starts. Progress goes to stdout as
// lines of JSON, for the parent.
#include <fmt/format.h>

#include "suite/cli/task_file.h"
#include "suite/cli/verbs.h"
#include "suite/core/clock.h"
#include "suite/core/memory.h"
#include "suite/core/signals.h"
#include "suite/training/device.h"
#include "suite/training/process_group.h"

namespace dsqbench {

namespace {

constexpr double seconds_between_reports = 0.2;

struct Arguments {
    std::filesystem::path plan;
    std::size_t index = 0;
};

// "epoch 2/3  loss 0.412  1612 images/s  top-1 62.50 %"
std::string detail_of(const TrainingProgress& progress) {
    const std::string detail = fmt::format("epoch {}/{}  loss {:.3f}  {:.0f} images/s", progress.epoch, progress.epochs,
                                           progress.loss, progress.images_per_second);
    return progress.epoch_top1 ? detail + fmt::format("  top-1 {:.2f} %", *progress.epoch_top1) : detail;
}

// As suite/launch/plan.h has it.
nlohmann::json report_of(const TrainingProgress& progress) {
    nlohmann::json figures = {{"epoch", progress.epoch},
                              {"epochs", progress.epochs},
                              {"loss", progress.loss},
                              {"images_per_second", progress.images_per_second}};
    if (progress.epoch_top1) figures["top1"] = *progress.epoch_top1;
    const ResidentMemory memory = resident_memory();
    return {{"fraction", progress.fraction},
            {"detail", detail_of(progress)},
            {"figures", figures},
            {"memory", {{"now", memory.now}, {"peak", memory.peak}}}};
}

void work(const Arguments& arguments, Session& session) {
    TrainingTask task = read_task(arguments.plan, arguments.index);
    if (const auto ranks = launched_ranks()) {
        task.site.device = device_of_rank(task.site.device, ranks->rank_here);
        task.site.group = std::make_shared<ProcessGroup>(
            *ranks, fmt::format("{} {}", arguments.plan.stem().string(), arguments.index), task.site.device);
    }
    double reported = -1e9;
    std::optional<double> reported_top1;
    task.site.on_progress = [&](const TrainingProgress& progress) {
        const bool is_news = progress.epoch_top1 != reported_top1;
        if (!is_news && monotonic_seconds() - reported < seconds_between_reports) return;
        reported = monotonic_seconds();
        reported_top1 = progress.epoch_top1;
        print_result(report_of(progress).dump());
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
