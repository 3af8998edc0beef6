#include "suite/launch/submission.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "suite/core/error.h"
#include "suite/core/file_system.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;
using Path = std::filesystem::path;

Path end_file(const Submission& submission, std::size_t task) {
    return submission.folder / "exits" / (std::to_string(task) + ".json");
}

Json read_json(const Path& path) {
    const Json value = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
    if (!value.is_object()) throw Error(ExitCode::data, "is damaged", "remove its folder", path.string());
    return value;
}

// get<std::size_t>() would take -1 for a huge number.
std::size_t count_of(const Json& value) {
    return value.get_ref<const Json::number_unsigned_t&>();
}

Submission from_json(const Json& value) {
    Submission submission;
    submission.jobs = count_of(value.at("jobs"));
    submission.requeues = count_of(value.at("requeues"));
    for (const auto& task : value.at("tasks"))
        submission.tasks.push_back({task.at("label"), task.at("command"), task.at("run"), task.at("needs")});
    for (const auto& array : value.at("arrays"))
        submission.arrays.push_back({array.at("name"), array.at("elements"), array.at("job")});
    return submission;
}

void check_elements(const Submission& submission, const Path& path) {
    for (const auto& array : submission.arrays)
        for (const auto& element : array.elements)
            for (const std::size_t task : element)
                if (task >= submission.tasks.size())
                    throw Error(ExitCode::data, fmt::format("has no task {}", task), "remove its folder",
                                path.string());
}

// The number of a submission's folder; 0 for another folder.
int number_of(const Path& folder) {
    const std::string name = folder.filename();
    int number = 0;
    const auto end = std::from_chars(name.data(), name.data() + name.size(), number);
    return end.ec == std::errc{} && end.ptr == name.data() + name.size() ? number : 0;
}

std::vector<Path> submission_folders(const Path& runs_folder) {
    std::vector<Path> folders;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(runs_folder / "slurm", missing))
        if (entry.is_directory() && number_of(entry.path()) > 0) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end(), [](const Path& a, const Path& b) { return number_of(a) < number_of(b); });
    return folders;
}

// For each task the ones among `tasks` that it needs.
std::vector<std::vector<std::size_t>> needs_among(const std::vector<SubmittedTask>& tasks) {
    std::map<std::string, std::size_t> by_run;
    for (std::size_t task = 0; task < tasks.size(); ++task) by_run.emplace(tasks[task].run, task);
    std::vector<std::vector<std::size_t>> needs(tasks.size());
    for (std::size_t task = 0; task < tasks.size(); ++task)
        for (const auto& run : tasks[task].needs)
            if (const auto found = by_run.find(run); found != by_run.end()) needs[task].push_back(found->second);
    return needs;
}

// The stage of each task: one more than the latest of what it needs.
std::vector<std::size_t> stages_of(const std::vector<std::vector<std::size_t>>& needs) {
    std::vector<std::size_t> stages(needs.size(), 0);
    for (std::size_t pass = 0; pass <= needs.size(); ++pass) {
        bool changed = false;
        for (std::size_t task = 0; task < needs.size(); ++task)
            for (const std::size_t needed : needs[task]) {
                if (stages[task] > stages[needed]) continue;
                stages[task] = stages[needed] + 1;
                changed = true;
            }
        if (!changed) return stages;
    }
    throw std::logic_error("the plan's tasks wait for each other in a circle");
}

}  // namespace

Path Submission::log_of(const TaskArray& array, std::size_t element) const {
    return folder / "logs" / fmt::format("{}-{}.log", array.name, element);
}

void write_submission(const Submission& submission) {
    Json tasks = Json::array(), arrays = Json::array();
    for (const auto& task : submission.tasks)
        tasks.push_back({{"label", task.label}, {"command", task.command}, {"run", task.run}, {"needs", task.needs}});
    for (const auto& array : submission.arrays)
        arrays.push_back({{"name", array.name}, {"elements", array.elements}, {"job", array.job}});
    const Json value = {
        {"jobs", submission.jobs}, {"requeues", submission.requeues}, {"tasks", tasks}, {"arrays", arrays}};
    write_file_atomically(submission.folder / "submission.json", value.dump(1) + "\n");
}

Submission read_submission(const Path& folder) {
    const Path path = folder / "submission.json";
    try {
        Submission submission = from_json(read_json(path));
        submission.folder = folder;
        check_elements(submission, path);
        return submission;
    } catch (const Json::exception& error) {
        throw Error(ExitCode::data, fmt::format("is damaged: {}", error.what()), "remove its folder", path.string());
    }
}

std::vector<Submission> read_submissions(const Path& runs_folder) {
    std::vector<Submission> submissions;
    for (const auto& folder : submission_folders(runs_folder))
        if (std::filesystem::exists(folder / "submission.json")) submissions.push_back(read_submission(folder));
    return submissions;
}

Path next_submission_folder(const Path& runs_folder) {
    const auto folders = submission_folders(runs_folder);
    return runs_folder / "slurm" / fmt::format("{:04}", folders.empty() ? 1 : number_of(folders.back()) + 1);
}

void write_end(const Submission& submission, std::size_t task, const TaskEnd& end) {
    const Json value = {{"state", end.state}, {"exit_code", end.exit_code}, {"error", end.error}};
    write_file_atomically(end_file(submission, task), value.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<TaskEnd> read_end(const Submission& submission, std::size_t task) {
    const Path path = end_file(submission, task);
    if (!std::filesystem::exists(path)) return std::nullopt;
    const Json value = read_json(path);
    try {
        return TaskEnd{value.at("state"), value.at("exit_code"), value.at("error")};
    } catch (const Json::exception& error) {
        throw Error(ExitCode::data, fmt::format("is damaged: {}", error.what()), "remove it", path.string());
    }
}

std::vector<TaskArray> arrays_of(const std::vector<SubmittedTask>& tasks, std::size_t pack) {
    const auto needs = needs_among(tasks);
    const auto stages = stages_of(needs);
    std::vector<bool> is_needed(tasks.size(), false);
    for (const auto& needed : needs)
        for (const std::size_t task : needed) is_needed[task] = true;
    const std::size_t count = tasks.empty() ? 0 : *std::max_element(stages.begin(), stages.end()) + 1;
    std::vector<TaskArray> arrays;
    for (std::size_t stage = 0; stage < count; ++stage) {
        std::vector<std::size_t> members;
        for (std::size_t task = 0; task < tasks.size(); ++task)
            if (stages[task] == stage) members.push_back(task);
        std::stable_partition(members.begin(), members.end(), [&](std::size_t task) { return is_needed[task]; });
        TaskArray array{fmt::format("stage-{}", stage + 1), {}};
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i % pack == 0) array.elements.emplace_back();
            array.elements.back().push_back(members[i]);
        }
        arrays.push_back(std::move(array));
    }
    return arrays;
}

}  // namespace dsqbench
