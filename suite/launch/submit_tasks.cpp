#include "suite/launch/submit_tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

bool has_result(TaskState state) {
    return state == TaskState::done || state == TaskState::not_converged;
}

std::vector<std::string> lost_jobs(const std::vector<TaskStatus>& states) {
    std::set<std::string> jobs;
    for (const auto& status : states)
        if (status.state == TaskState::lost) jobs.insert(status.element.substr(0, status.element.find('_')));
    return {jobs.begin(), jobs.end()};
}

// Every task's element, as far as arrays have ids: run -> (array, element).
struct Place {
    std::size_t array, element;
};
std::map<std::string, Place> places_of(const Submission& submission) {
    std::map<std::string, Place> places;
    for (std::size_t array = 0; array < submission.arrays.size(); ++array) {
        const auto& elements = submission.arrays[array].elements;
        for (std::size_t element = 0; element < elements.size(); ++element)
            for (const std::size_t task : elements[element]) places[submission.tasks[task].run] = {array, element};
    }
    return places;
}

std::set<std::string> needs_of(const Submission& submission, const TaskArray& array) {
    std::set<std::string> needs;
    for (const auto& element : array.elements)
        for (const std::size_t task : element)
            needs.insert(submission.tasks[task].needs.begin(), submission.tasks[task].needs.end());
    return needs;
}

}  // namespace

std::vector<TaskStatus> states_of(const std::vector<SubmittedTask>& tasks, const std::filesystem::path& runs_folder,
                                  const std::vector<Submission>& submissions, std::optional<Queue> queue) {
    const auto look = [&] {
        std::vector<TaskStatus> states;
        for (const auto& task : tasks) states.push_back(status_of(task, runs_folder, submissions, queue));
        return states;
    };
    auto states = look();
    const auto lost = lost_jobs(states);
    if (!queue || lost.empty()) return states;
    for (const auto& [element, entry] : slurm_accounting(lost)) queue->emplace(element, entry);
    return look();
}

std::vector<std::size_t> tasks_to_submit(const std::vector<SubmittedTask>& tasks,
                                         const std::vector<TaskStatus>& states) {
    std::set<std::string> needed_by_open, needed_at_all;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        needed_at_all.insert(tasks[task].needs.begin(), tasks[task].needs.end());
        if (!has_result(states[task].state)) needed_by_open.insert(tasks[task].needs.begin(), tasks[task].needs.end());
    }
    std::vector<std::size_t> chosen;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
        const bool superfluous = needed_at_all.count(tasks[task].run) > 0 && needed_by_open.count(tasks[task].run) == 0;
        if (is_missing(states[task].state) && !superfluous) chosen.push_back(task);
    }
    return chosen;
}

std::map<std::string, std::string> queued_elements(const std::vector<SubmittedTask>& tasks,
                                                   const std::vector<TaskStatus>& states) {
    std::map<std::string, std::string> queued;
    for (std::size_t task = 0; task < tasks.size(); ++task)
        if (states[task].state == TaskState::pending || states[task].state == TaskState::running)
            queued[tasks[task].run] = states[task].element;
    return queued;
}

std::vector<std::string> elements_before(const Submission& submission, std::size_t array, std::size_t throttle,
                                         const std::map<std::string, std::string>& queued) {
    const auto places = places_of(submission);
    std::set<std::string> before;
    std::map<std::size_t, std::set<std::size_t>> here;  // by array: the elements that are waited for
    for (const auto& run : needs_of(submission, submission.arrays[array])) {
        if (const auto place = places.find(run); place != places.end())
            here[place->second.array].insert(place->second.element);
        else if (const auto element = queued.find(run); element != queued.end())
            before.insert(element->second);
    }
    for (const auto& [index, elements] : here) {
        const TaskArray& other = submission.arrays[index];
        if (throttle > 0 || elements.size() == other.elements.size()) {
            before.insert(other.job);
            continue;
        }
        for (const std::size_t element : elements) before.insert(fmt::format("{}_{}", other.job, element));
    }
    return {before.begin(), before.end()};
}

void check_array_sizes(const Submission& submission) {
    std::size_t largest = 0;
    for (const auto& array : submission.arrays) largest = std::max(largest, array.elements.size());
    const std::size_t limit = slurm_array_limit();
    if (largest <= limit) return;
    throw Error(ExitCode::usage,
                fmt::format("{} elements are more than this cluster's MaxArraySize, {}", largest, limit),
                fmt::format("put more runs into one with --pack, {} times as many", (largest + limit - 1) / limit));
}

void submit(Submission& submission, const SlurmOptions& options, const std::filesystem::path& program,
            const std::map<std::string, std::string>& queued) {
    const auto working_folder = std::filesystem::current_path();
    for (const char* folder : {"logs", "exits"}) create_folders(submission.folder / folder);
    for (const auto& array : submission.arrays)
        write_file_atomically(submission.folder / (array.name + ".sh"),
                              slurm_script(submission, array, options, program, working_folder));
    write_submission(submission);
    for (std::size_t array = 0; array < submission.arrays.size(); ++array) {
        const auto before = elements_before(submission, array, options.throttle, queued);
        submission.arrays[array].job =
            submit_script(submission.folder / (submission.arrays[array].name + ".sh"), before, options);
        write_submission(submission);
    }
}

}  // namespace dsqbench
