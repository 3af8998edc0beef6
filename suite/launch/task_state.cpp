#include "suite/launch/task_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/core/text.h"
#include "suite/record/row.h"
#include "suite/record/run_directory.h"

namespace dsqbench {

namespace {

// Words of squeue(1), "JOB STATE CODES"; what is in neither list has ended.
bool is_waiting(const std::string& state) {
    static const std::vector<std::string> words{"PENDING",      "CONFIGURING",   "REQUEUED",    "REQUEUE_FED",
                                                "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"};
    return std::find(words.begin(), words.end(), state) != words.end();
}

bool is_active(const std::string& state) {
    static const std::vector<std::string> words{"RUNNING",   "COMPLETING", "SUSPENDED", "STOPPED",
                                                "SIGNALING", "STAGE_OUT",  "RESIZING"};
    return std::find(words.begin(), words.end(), state) != words.end();
}

struct Place {
    const Submission* submission;
    const TaskArray* array;
    std::size_t element, task;
};

// The latest submission of a run wins.
std::optional<Place> place_of(const std::string& run, const std::vector<Submission>& submissions) {
    for (auto submission = submissions.rbegin(); submission != submissions.rend(); ++submission)
        for (const auto& array : submission->arrays)
            for (std::size_t element = 0; element < array.elements.size(); ++element)
                for (const std::size_t task : array.elements[element])
                    if (submission->tasks[task].run == run && !array.job.empty())
                        return Place{&*submission, &array, element, task};
    return std::nullopt;
}

TaskStatus status_at(const Place& place, const std::optional<Queue>& queue) {
    TaskStatus status;
    status.element = fmt::format("{}_{}", place.array->job, place.element);
    status.log = place.submission->log_of(*place.array, place.element);
    const auto end = read_end(*place.submission, place.task);
    const bool at_checkpoint = end && end->state == "stopped";
    const auto set = [&](TaskState state, const std::string& detail) {
        status.state = state;
        status.detail = detail;
        return status;
    };
    if (end && end->state == "failed") return set(TaskState::failed, end->error);
    if (!queue) return set(at_checkpoint ? TaskState::stopped : TaskState::unknown, "");
    const auto found = queue->find(status.element);
    if (found != queue->end() && is_waiting(found->second.state)) return set(TaskState::pending, found->second.detail);
    if (found != queue->end() && is_active(found->second.state)) return set(TaskState::running, "");
    const std::string word = found == queue->end() ? "" : found->second.state;
    if (at_checkpoint) return set(TaskState::stopped, word);
    const std::string known = word.empty() ? "Slurm knows nothing of it any more" : word;
    return set(TaskState::lost,
               known + (word.empty() || found->second.detail.empty() ? "" : " " + found->second.detail));
}

}  // namespace

const char* to_text(TaskState state) {
    switch (state) {
        case TaskState::done:
            return "done";
        case TaskState::not_converged:
            return "not converged";
        case TaskState::running:
            return "running";
        case TaskState::pending:
            return "pending";
        case TaskState::failed:
            return "failed";
        case TaskState::stopped:
            return "stopped";
        case TaskState::lost:
            return "lost";
        case TaskState::not_submitted:
            return "not submitted";
        case TaskState::unknown:
            return "unknown";
    }
    return "";
}

bool is_missing(TaskState state) {
    return state == TaskState::failed || state == TaskState::stopped || state == TaskState::lost ||
           state == TaskState::not_submitted;
}

TaskStatus status_of(const SubmittedTask& task, const std::filesystem::path& runs_folder,
                     const std::vector<Submission>& submissions, const std::optional<Queue>& queue) {
    const auto place = place_of(task.run, submissions);
    if (const auto result = read_result(runs_folder / task.run)) {
        const bool finished = text_of(result->value("row", Row::object()), "outcome") == "finished";
        TaskStatus status{finished ? TaskState::done : TaskState::not_converged, {}, {}, {}};
        if (!place) return status;
        status.element = fmt::format("{}_{}", place->array->job, place->element);
        status.log = place->submission->log_of(*place->array, place->element);
        return status;
    }
    return place ? status_at(*place, queue) : TaskStatus{};
}

}  // namespace dsqbench
