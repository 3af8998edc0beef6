#include <fmt/format.h>
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <list>

#include "suite/core/error.h"
#include "suite/core/signals.h"
#include "suite/launch/output.h"
#include "suite/launch/plan.h"
#include "suite/launch/process.h"
#include "suite/launch/schedule.h"

namespace dsqbench {

namespace {

constexpr std::size_t lines_shown = 12;
constexpr double bytes_per_gib = 1 << 30;
// A signal or an end interrupts poll() itself; this bounds only the rare wait that misses one.
constexpr int milliseconds_between_looks = 50;

using State = TaskOutcome::State;

struct RunningTask {
    std::size_t index;
    Process process;
    LineSplitter lines{};
    Tail error{};
};

class LocalRun {
public:
    LocalRun(const std::vector<PlannedTask>& plan, const LocalLaunch& options, Progress& progress)
        : plan_(plan),
          options_(options),
          progress_(progress),
          schedule_(plan),
          gate_(options.available_memory),
          outcomes_(plan.size()) {
        if (options_.summary) bars_.assign(1, progress.add("all"));
        for (const auto& task : plan)
            if (!options_.summary) bars_.push_back(progress.add(task.label));
        fractions_.assign(plan.size(), 0.0);
    }

    std::vector<TaskOutcome> run() {
        while (true) {
            forward_stop();
            if (!stopping_) start_tasks();
            if (running_.empty()) break;
            wait_for_output();
            for (auto& task : running_) read_output(task);
            collect_ended();
        }
        for (std::size_t task = 0; task < plan_.size(); ++task)
            if (outcomes_[task].state == State::not_started && outcomes_[task].error.empty())
                skip(task, "stopped before it began");
        return std::move(outcomes_);
    }

private:
    void forward_stop() {
        if (stopping_ || stop_signal() == 0) return;
        stopping_ = true;
        progress_.note("stopping at the next checkpoint");
        for (auto& task : running_) task.process.send(SIGTERM);
    }

    void start_tasks() {
        while (running_.size() < std::max<std::size_t>(1, options_.jobs) && schedule_.has_next()) {
            if (!gate_.is_open()) return note_shortage();
            start(*schedule_.start_next());
        }
    }

    // Once, as it holds for the rest of the plan as a rule.
    void note_shortage() {
        if (shortage_noted_ || !gate_.is_short()) return;
        shortage_noted_ = true;
        progress_.note(fmt::format("fewer than {} at a time: the next is likely to need {:.1f} GiB of memory",
                                   options_.jobs, static_cast<double>(gate_.needed()) / bytes_per_gib));
    }

    void start(std::size_t task) {
        try {
            running_.push_back({task, Process(plan_[task].command, options_.environment)});
            gate_.started(task);
            show(task, 0, "starting");
        } catch (const Error& error) {
            end(task, {State::failed, 127, error.what()});
        }
    }

    void wait_for_output() {
        std::vector<pollfd> pipes;
        for (const auto& task : running_)
            for (const auto stream : {Process::Stream::out, Process::Stream::error})
                pipes.push_back({task.process.descriptor(stream), POLLIN, 0});  // poll() passes over -1
        ::poll(pipes.data(), pipes.size(), milliseconds_between_looks);
    }

    void read_output(RunningTask& task) {
        for (const auto& line : task.lines.take(task.process.read_available(Process::Stream::out)))
            if (const auto report = parse_report(line)) {
                if (options_.on_report) options_.on_report(task.index, *report);
                if (report->memory) gate_.reported(task.index, *report->memory);
                show(task.index, report->fraction, report->detail);
            }
        task.error.take(task.process.read_available(Process::Stream::error));
    }

    void collect_ended() {
        for (auto task = running_.begin(); task != running_.end();) {
            const auto code = task->process.exit_code();
            if (!code) {
                ++task;
                continue;
            }
            drain(*task);
            const State state = state_after(*code);
            const TaskOutcome outcome{state, *code, error_text(*task, state, *code)};
            const std::size_t index = task->index;
            task = running_.erase(task);
            gate_.ended(index);
            end(index, outcome);
        }
    }

    // What was written before the end is still in the pipes: at most 64 KiB each by default, so a few reads. Not up to
    // the pipes' end, which a grandchild may hold open.
    void drain(RunningTask& task) {
        for (int reads = 0; reads < 4; ++reads) read_output(task);
    }

    State state_after(int code) const {
        if (code == 0) return State::succeeded;
        const bool at_checkpoint =
            code == static_cast<int>(ExitCode::checkpointed) || code == static_cast<int>(ExitCode::interrupted);
        return at_checkpoint || (stopping_ && code == 128 + SIGTERM) ? State::stopped : State::failed;
    }

    void end(std::size_t task, const TaskOutcome& outcome) {
        outcomes_[task] = outcome;
        if (options_.on_end) options_.on_end(task, outcome);
        if (outcome.state == State::succeeded) {
            schedule_.succeeded(task);
            return show_end(task, "done");
        }
        show_end(task, outcome.state == State::stopped ? "stopped" : description(outcome.exit_code));
        for (const auto& dropped : schedule_.did_not_succeed(task))
            skip(dropped.task, "needs '" + plan_[dropped.needed].label + "', which did not succeed");
    }

    static std::string description(int exit_code) {
        const int signal = exit_code - 128;
        if (signal <= 0) return fmt::format("failed with exit code {}", exit_code);
        return fmt::format("ended by signal {}{}", signal, signal == SIGKILL ? ", perhaps for want of memory" : "");
    }

    // A process that a signal ended had no time to say so itself.
    static std::string error_text(const RunningTask& task, State state, int exit_code) {
        const std::string said = task.error.last_lines(lines_shown);
        if (state != State::failed || (exit_code <= 128 && !said.empty())) return said;
        return said.empty() ? description(exit_code) : description(exit_code) + "\n" + said;
    }

    void skip(std::size_t task, const std::string& reason) {
        outcomes_[task].error = reason;
        show_end(task, "not started: " + reason);
    }

    void show(std::size_t task, double fraction, const std::string& detail) {
        if (!options_.summary) return progress_.update(bars_[task], fraction, detail);
        fractions_[task] = fraction;
        show_summary();
    }

    void show_end(std::size_t task, const std::string& outcome) {
        if (!options_.summary) return progress_.finish(bars_[task], outcome);
        fractions_[task] = 1;
        if (outcomes_[task].state != State::succeeded) progress_.note(plan_[task].label + ": " + outcome);
        show_summary();
        if (std::all_of(fractions_.begin(), fractions_.end(), [](double fraction) { return fraction == 1; }))
            progress_.finish(bars_.front(), summary());
    }

    void show_summary() {
        double sum = 0;
        for (const double fraction : fractions_) sum += fraction;
        progress_.update(bars_.front(), sum / static_cast<double>(fractions_.size()), summary());
    }

    std::string summary() const {
        std::vector<bool> succeeded;
        for (const auto& outcome : outcomes_) succeeded.push_back(outcome.state == State::succeeded);
        return options_.summary(succeeded);
    }

    const std::vector<PlannedTask>& plan_;
    const LocalLaunch& options_;
    Progress& progress_;
    Schedule schedule_;
    MemoryGate gate_;
    bool shortage_noted_ = false;
    std::vector<TaskOutcome> outcomes_;
    std::vector<std::size_t> bars_;  // one a task, or one for all
    std::vector<double> fractions_;
    std::list<RunningTask> running_;
    bool stopping_ = false;
};

}  // namespace

std::vector<TaskOutcome> run_locally(const std::vector<PlannedTask>& plan, const LocalLaunch& options,
                                     Progress& progress) {
    return LocalRun(plan, options, progress).run();
}

}  // namespace dsqbench
