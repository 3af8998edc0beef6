#include "suite/cli/run_metrics.h"

#include <memory>

#include "suite/launch/prometheus_file.h"

namespace dsqbench {

namespace {

class Keeper {
public:
    Keeper(const RunPlan& plan, const std::filesystem::path& file, Progress& progress)
        : file_(file, labels_of(plan)), progress_(progress) {}

    void reported(std::size_t run, const ProgressReport& report) {
        file_.reported(run, report);
        write_when_due();
    }
    void ended(std::size_t run, const TaskOutcome& outcome) {
        file_.ended(run, outcome);
        write_when_due();
    }

private:
    // The directory tells runs apart that a sweep gives one label.
    static std::vector<PrometheusFile::Labels> labels_of(const RunPlan& plan) {
        std::vector<PrometheusFile::Labels> labels;
        for (const auto& task : plan.tasks)
            labels.push_back({{"recipe", task.request.recipe.name()},
                              {"contender", task.request.label},
                              {"seed", std::to_string(task.request.seed)},
                              {"run", task.run.string()}});
        return labels;
    }

    void write_when_due() {
        if (!file_.is_due()) return;
        try {
            file_.write();
        } catch (const Error& error) {
            if (!trouble_noted_) progress_.note(error.what());
            trouble_noted_ = true;
        }
    }

    PrometheusFile file_;
    Progress& progress_;
    bool trouble_noted_ = false;
};

}  // namespace

void keep_metrics(LocalLaunch& launch, const RunPlan& plan, const std::filesystem::path& file, Progress& progress) {
    const auto keeper = std::make_shared<Keeper>(plan, file, progress);
    launch.on_report = [keeper](std::size_t run, const ProgressReport& report) { keeper->reported(run, report); };
    launch.on_end = [keeper](std::size_t run, const TaskOutcome& outcome) { keeper->ended(run, outcome); };
}

}  // namespace dsqbench
