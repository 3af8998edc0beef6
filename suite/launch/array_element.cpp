#include "suite/launch/array_element.h"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "suite/core/signals.h"
#include "suite/launch/plan.h"
#include "suite/launch/slurm.h"
#include "suite/record/run_directory.h"

namespace dsqbench {

namespace {

using State = TaskOutcome::State;

const std::vector<std::size_t>& tasks_of(const Submission& submission, const std::string& name, std::size_t element) {
    for (const auto& array : submission.arrays)
        if (array.name == name && element < array.elements.size()) return array.elements[element];
    throw Error(ExitCode::usage, fmt::format("there is no element {} of {}", element, name), {},
                (submission.folder / "submission.json").string());
}

bool has_result(const std::filesystem::path& run) {
    return read_result(run).has_value();
}

// The first run that the task needs and that has no result; "" when it can start.
std::string unmet_need(const Submission& submission, const SubmittedTask& task) {
    for (const auto& needed : task.needs)
        if (!has_result(submission.runs_folder() / needed)) return needed;
    return {};
}

struct OpenTasks {
    std::vector<std::size_t> tasks;
    bool some_failed = false;  // before, or for want of what they need
};

OpenTasks open_tasks(const Submission& submission, const std::vector<std::size_t>& tasks) {
    OpenTasks open;
    for (const std::size_t index : tasks) {
        const SubmittedTask& task = submission.tasks[index];
        if (has_result(submission.run_of(task))) continue;
        const auto before = read_end(submission, index);
        const std::string need = unmet_need(submission, task);
        if (!need.empty()) write_end(submission, index, {"failed", -1, "needs " + need + ", which has no result"});
        if ((before && before->state == "failed") || !need.empty())
            open.some_failed = true;
        else
            open.tasks.push_back(index);
    }
    return open;
}

TaskEnd end_of(const TaskOutcome& outcome) {
    if (outcome.state == State::succeeded) return {"succeeded", 0, ""};
    if (outcome.state == State::failed) return {"failed", outcome.exit_code, outcome.error};
    return {"stopped", outcome.exit_code, outcome.error};
}

// What the element's log tells of a failure.
void note_end(const SubmittedTask& task, const TaskOutcome& outcome, Progress& progress) {
    if (outcome.state == State::failed) progress.note(fmt::format("{} failed: {}", task.label, outcome.error));
}

void queue_again(const Submission& submission, const SlurmJob& job, Progress& progress) {
    if (job.id.empty()) return progress.note("not queued again: this is no job of Slurm");
    if (job.restarts >= submission.requeues)
        return progress.note(fmt::format("not queued again: this was start {}; submit again", job.restarts + 1));
    progress.note(fmt::format("queueing job {} again", job.id));
    const std::string objection = requeue_job(job.id);
    if (!objection.empty()) progress.note("not queued again: " + objection);
}

}  // namespace

SlurmJob this_slurm_job() {
    SlurmJob job;
    if (const char* id = std::getenv("SLURM_JOB_ID")) job.id = id;
    if (const char* count = std::getenv("SLURM_RESTART_COUNT"))
        std::from_chars(count, count + std::strlen(count), job.restarts);
    return job;
}

ExitCode run_element(const Submission& submission, const std::string& array, std::size_t element, const SlurmJob& job,
                     Progress& progress) {
    const OpenTasks open = open_tasks(submission, tasks_of(submission, array, element));
    std::vector<PlannedTask> plan;
    for (const std::size_t task : open.tasks)
        plan.push_back({submission.tasks[task].label, submission.tasks[task].command, {}});
    LocalLaunch launch;
    launch.jobs = submission.jobs;
    launch.available_memory = [] { return available_memory(); };
    // At once: an element that is killed later, or goes on for hours, must not take the word of an ended task with it.
    launch.on_end = [&](std::size_t task, const TaskOutcome& outcome) {
        write_end(submission, open.tasks[task], end_of(outcome));
        note_end(submission.tasks[open.tasks[task]], outcome, progress);
    };
    const auto outcomes = run_locally(plan, launch, progress);
    bool failed = open.some_failed, stopped = false;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const TaskEnd end = end_of(outcomes[i]);
        if (outcomes[i].state == State::not_started) write_end(submission, open.tasks[i], end);
        failed = failed || end.state == "failed";
        stopped = stopped || end.state == "stopped";
    }
    const bool on_purpose = stop_signal() != 0 && stop_signal() != SIGUSR1;
    if (stopped && !on_purpose) queue_again(submission, job, progress);
    if (failed) return ExitCode::failed;
    return stopped ? ExitCode::checkpointed : ExitCode::ok;
}

}  // namespace dsqbench
