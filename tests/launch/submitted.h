// A submission in a folder of its own, with tasks that are shell scripts.
#pragma once

#include <gtest/gtest.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/launch/array_element.h"
#include "suite/launch/task_state.h"
#include "tests/temporary_folder.h"

namespace dsqbench {

inline SubmittedTask task(const std::string& run, std::vector<std::string> needs = {}) {
    return {run + " seed 0", {"/bin/true"}, run, std::move(needs)};
}

class Submitted : public testing::Test {
protected:
    Submitted() {
        submission_.folder = runs() / "slurm" / "0001";
        submission_.requeues = 3;
    }
    std::filesystem::path runs() const { return folder_.path(); }

    void submit(const std::vector<SubmittedTask>& tasks, std::size_t pack = 1) {
        submission_.tasks = tasks;
        submission_.arrays = arrays_of(tasks, pack);
        for (std::size_t i = 0; i < submission_.arrays.size(); ++i) submission_.arrays[i].job = std::to_string(7 + i);
        write_submission(submission_);
    }
    void finish(const std::string& run, const std::string& outcome = "finished") {
        write_file_atomically(runs() / run / "result.json", "{\"row\": {\"outcome\": \"" + outcome + "\"}}");
    }
    TaskStatus status(const std::string& run, const std::optional<Queue>& queue) const {
        return status_of(task(run), runs(), read_submissions(runs()), queue);
    }
    TaskState state(const std::string& run, const std::optional<Queue>& queue) const {
        return status(run, queue).state;
    }
    SubmittedTask shell(const std::string& run, const std::string& script, std::vector<std::string> needs = {}) const {
        return {run, {"/bin/sh", "-c", script}, run, std::move(needs)};
    }
    // The script of a run that finishes.
    std::string result(const std::string& run) const {
        const std::string path = (runs() / run).string();
        return "mkdir -p " + path + "; echo '{\"row\": {\"outcome\": \"finished\"}}' > " + path + "/result.json";
    }
    ExitCode run(const std::string& array = "stage-1", std::size_t element = 0, const SlurmJob& job = {}) const {
        Progress silent(Progress::Style::silent);
        return run_element(submission_, array, element, job, silent);
    }
    std::string end_of(std::size_t task) const {
        const auto end = read_end(submission_, task);
        return end ? end->state : "";
    }

    TemporaryFolder folder_;
    Submission submission_;
};

}  // namespace dsqbench
