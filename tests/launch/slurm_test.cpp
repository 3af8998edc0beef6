// From a plan to Slurm: arrays, batch scripts, what squeue says, and where each task stands.
// Against a real Slurm: tests/e2e/slurm_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/launch/submit_tasks.h"
#include "tests/launch/submitted.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Elements = std::vector<std::vector<std::size_t>>;

// Two pre-trainings, a contender of each, and one that needs none.
std::vector<SubmittedTask> small_plan() {
    return {task("free"), task("pre0"), task("pre1"), task("a", {"pre0"}), task("b", {"pre1"})};
}

Submission submission_of(const std::vector<SubmittedTask>& tasks, std::size_t pack = 1) {
    Submission submission;
    submission.folder = "/runs/slurm/0001";
    submission.requeues = 3;
    submission.tasks = tasks;
    submission.arrays = arrays_of(tasks, pack);
    return submission;
}

TEST(TaskArrays, come_in_stages_with_what_others_wait_for_first) {
    const auto arrays = arrays_of(small_plan(), 1);
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays[0].name, "stage-1");
    EXPECT_EQ(arrays[0].elements, (Elements{{1}, {2}, {0}}));
    EXPECT_EQ(arrays[1].elements, (Elements{{3}, {4}}));
}

TEST(TaskArrays, take_as_many_tasks_into_an_element_as_asked) {
    const auto arrays = arrays_of(std::vector<SubmittedTask>{task("a"), task("b"), task("c"), task("d"), task("e")}, 2);
    ASSERT_EQ(arrays.size(), 1u);
    EXPECT_EQ(arrays[0].elements, (Elements{{0, 1}, {2, 3}, {4}}));
}

TEST(TaskArrays, do_not_wait_for_what_is_not_submitted) {
    const auto arrays = arrays_of({task("a", {"finished long ago"})}, 1);
    ASSERT_EQ(arrays.size(), 1u);
    EXPECT_EQ(arrays[0].name, "stage-1");
}

TEST(TaskArrays, of_nothing_are_none_and_of_a_circle_an_error) {
    EXPECT_TRUE(arrays_of({}, 1).empty());
    EXPECT_THROW(arrays_of({task("a", {"b"}), task("b", {"a"})}, 1), std::logic_error);
}

TEST(TaskArrays, wait_for_the_elements_that_hold_what_they_need) {
    Submission submission = submission_of(small_plan());
    submission.arrays[0].job = "7";
    EXPECT_THAT(elements_before(submission, 0, 0, {}), ElementsAre());
    EXPECT_THAT(elements_before(submission, 1, 0, {}), ElementsAre("7_0", "7_1"));
    EXPECT_THAT(elements_before(submission, 1, 4, {}), ElementsAre("7"))
        << "with a throttle one array at a time, or there would be twice as many elements";
}

TEST(TaskArrays, wait_for_a_whole_array_when_they_need_all_of_it) {
    Submission submission = submission_of({task("pre"), task("a", {"pre"})});
    submission.arrays[0].job = "7";
    EXPECT_THAT(elements_before(submission, 1, 0, {}), ElementsAre("7"));
}

TEST(TaskArrays, wait_for_an_earlier_submission) {
    const Submission submission = submission_of({task("a", {"pre"})});
    EXPECT_THAT(elements_before(submission, 0, 0, {{"pre", "3_1"}}), ElementsAre("3_1"));
}

TEST(BatchScript, is_a_few_options_and_one_command) {
    SlurmOptions options;
    options.throttle = 4;
    options.time_limit = "1:30:00";
    options.partition = "gpu";
    options.further = {"--gres=gpu:1"};
    const Submission submission = submission_of({task("a"), task("b")});
    EXPECT_EQ(slurm_script(submission, submission.arrays[0], options, "/opt/dsqbench", "/home/me"),
              R"(#!/bin/sh
#SBATCH "--job-name=dsqbench-0001-stage-1"
#SBATCH "--array=0-1%4"
#SBATCH "--output=/runs/slurm/0001/logs/stage-1-%a.log"
#SBATCH "--open-mode=append"
#SBATCH "--requeue"
#SBATCH "--signal=B:USR1@120"
#SBATCH "--cpus-per-task=1"
#SBATCH "--time=1:30:00"
#SBATCH "--partition=gpu"
#SBATCH "--gres=gpu:1"
# Written by `dsqbench submit slurm`. What the elements train:
#   0: a seed 0
#   1: b seed 0
cd -- '/home/me' && exec '/opt/dsqbench' element '/runs/slurm/0001' 'stage-1' "$SLURM_ARRAY_TASK_ID"
)");
}

TEST(BatchScript, quotes_whatever_a_name_holds) {
    Submission submission = submission_of({task("dsq\nrm -rf /\n")});
    submission.folder = "/a b/%j 'x' \"y\" $(id) #/slurm/0001";
    const std::string script = slurm_script(submission, submission.arrays[0], {}, "/it's/dsqbench", "/home/`me`");
    EXPECT_THAT(script, HasSubstr(R"(#SBATCH "--output=/a b/%%j 'x' \"y\" $(id) #/slurm/0001/logs/stage-1-%a.log")"));
    EXPECT_THAT(script, HasSubstr(R"(cd -- '/home/`me`' && exec '/it'\''s/dsqbench' element )"));
    EXPECT_THAT(script, HasSubstr(R"('/a b/%j '\''x'\'' "y" $(id) #/slurm/0001' 'stage-1')"));
    EXPECT_THAT(script, HasSubstr("#   0: dsq?rm -rf /? seed 0\n"));
}

TEST(BatchScript, refuses_paths_that_slurm_cannot_write) {
    for (const char* path : {"/back\\slash", "/new\nline", "/latin-\xE9"})
        EXPECT_EQ(refusal_of([&] { check_slurm_path(path); }).code(), ExitCode::usage) << path;
    EXPECT_NO_THROW(check_slurm_path("/two words/%j/'$(id)'/\xC3\xA9"));
}

TEST(BatchScript, refuses_options_that_would_break_the_plan) {
    for (const char* option :
         {"--array=1-3", "--arr=1", "--output=x", "--requeue", "--no-requeue", "--dependency=singleton", "-a1-3", "gpu",
          "--signal=TERM", "--clusters=other", "--comment=two\nlines"}) {
        SlurmOptions options;
        options.further = {option};
        EXPECT_EQ(refusal_of([&] { check_slurm_options(options); }).code(), ExitCode::usage) << option;
    }
    SlurmOptions options;
    options.further = {"--gres=gpu:1", "--mem=4G", "--constraint=a&b", "--comment=two words"};
    options.time_limit = "1-12:30:00";
    EXPECT_NO_THROW(check_slurm_options(options));
}

TEST(BatchScript, refuses_a_time_limit_that_is_none) {
    for (const char* limit :
         {"soon", "::--", "1-", "-1", "1:2:3:4", "4:", "1-2-3", "99999999999999999999", " 30", "1.5"}) {
        SlurmOptions options;
        options.time_limit = limit;
        EXPECT_EQ(refusal_of([&] { check_slurm_options(options); }).code(), ExitCode::usage) << limit;
    }
}

TEST(BatchScript, leaves_time_to_train_before_the_signal) {
    SlurmOptions options;
    options.signal_seconds = 120;
    for (const char* short_limit : {"3", "3:00", "0:03:00", "0-0:3", "0-0:0:180"}) {
        options.time_limit = short_limit;
        EXPECT_EQ(refusal_of([&] { check_slurm_options(options); }).code(), ExitCode::usage) << short_limit;
    }
    for (const char* limit : {"4", "3:01", "1:00:00", "1-0", "0-1", "0-0:4", "0-0:0:181"}) {
        options.time_limit = limit;
        EXPECT_NO_THROW(check_slurm_options(options)) << limit;
    }
}

TEST(SlurmQueue, reads_what_squeue_and_sacct_print) {
    const Queue queue = parse_queue(
        "12_0|RUNNING|None\n12_1|PENDING|JobArrayTaskLimit\n9_3|CANCELLED by 1000|0:0\n9_4|FAILED|1:0\n"
        "17|RUNNING|None\n12_[2-5]|PENDING|Priority\nslurm_load_jobs error: down\n\n12_x|RUNNING|None\n");
    ASSERT_EQ(queue.size(), 4u);
    EXPECT_EQ(queue.at("12_0").state, "RUNNING");
    EXPECT_EQ(queue.at("12_0").detail, "");
    EXPECT_EQ(queue.at("12_1").detail, "JobArrayTaskLimit");
    EXPECT_EQ(queue.at("9_3").state, "CANCELLED by 1000");
    EXPECT_EQ(queue.at("9_4").detail, "1:0");
}

TEST_F(Submitted, is_read_as_it_was_written) {
    submit(small_plan(), 2);
    const auto all = read_submissions(runs());
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].folder, submission_.folder);
    EXPECT_EQ(all[0].requeues, 3u);
    EXPECT_EQ(all[0].tasks[4].needs, std::vector<std::string>{"pre1"});
    EXPECT_EQ(all[0].arrays[0].elements, submission_.arrays[0].elements);
    EXPECT_EQ(all[0].arrays[1].job, "8");
    EXPECT_EQ(next_submission_folder(runs()).filename(), "0002");
    EXPECT_EQ(next_submission_folder(runs() / "empty").filename(), "0001");
}

TEST_F(Submitted, refuses_a_damaged_file_with_its_place) {
    submit({task("a")});
    for (const char* text :
         {"", "[]", "{", "{\"jobs\": 1}", "{\"jobs\": -1, \"requeues\": 1, \"tasks\": [], \"arrays\": []}",
          "{\"jobs\": 1, \"requeues\": 1, \"tasks\": [], \"arrays\": "
          "[{\"name\": \"x\", \"elements\": [[0]], \"job\": \"1\"}]}"}) {
        write_file_atomically(submission_.folder / "submission.json", text);
        EXPECT_EQ(refusal_of([&] { read_submissions(runs()); }).code(), ExitCode::data) << text;
    }
}

TEST_F(Submitted, knows_where_each_run_stands) {
    submit({task("a"), task("b"), task("c")});
    const Queue queue{{"7_0", {"RUNNING", ""}}, {"7_1", {"PENDING", "Priority"}}, {"7_2", {"CANCELLED", ""}}};
    EXPECT_EQ(state("a", queue), TaskState::running);
    EXPECT_EQ(state("b", queue), TaskState::pending);
    EXPECT_EQ(status("b", queue).detail, "Priority");
    EXPECT_EQ(status("b", queue).element, "7_1");
    EXPECT_EQ(state("c", queue), TaskState::lost);
    EXPECT_EQ(status("c", queue).detail, "CANCELLED");
    EXPECT_EQ(state("d", queue), TaskState::not_submitted);
    EXPECT_EQ(state("a", Queue{}), TaskState::lost);
    EXPECT_EQ(state("a", std::nullopt), TaskState::unknown);
}

TEST_F(Submitted, believes_a_result_more_than_the_queue) {
    submit({task("a"), task("b")});
    finish("a");
    finish("b", "not converged");
    const Queue queue{{"7_0", {"RUNNING", ""}}, {"7_1", {"FAILED", ""}}};
    EXPECT_EQ(state("a", queue), TaskState::done);
    EXPECT_EQ(state("b", queue), TaskState::not_converged);
    EXPECT_EQ(state("a", std::nullopt), TaskState::done);
}

TEST_F(Submitted, believes_what_the_element_noted) {
    submit({task("a"), task("b"), task("c")}, 3);
    write_end(submission_, 0, {"failed", 4, "no data"});
    write_end(submission_, 1, {"stopped", 75, ""});
    const Queue running{{"7_0", {"RUNNING", ""}}};
    EXPECT_EQ(state("a", running), TaskState::failed) << "though its element goes on with the others";
    EXPECT_EQ(status("a", running).detail, "no data");
    EXPECT_EQ(state("b", running), TaskState::running);
    EXPECT_EQ(state("b", Queue{}), TaskState::stopped);
    EXPECT_EQ(state("c", Queue{}), TaskState::lost);
}

TEST_F(Submitted, counts_by_the_latest_submission) {
    submit({task("a")});
    submission_.folder = runs() / "slurm" / "0010";
    submit({task("a")});
    submission_.arrays[0].job = "20";
    write_submission(submission_);
    submission_.folder = runs() / "slurm" / "0011";  // broken off before Slurm had it
    submission_.arrays[0].job = "";
    write_submission(submission_);
    const Queue queue{{"7_0", {"FAILED", ""}}, {"20_0", {"RUNNING", ""}}};
    EXPECT_EQ(state("a", queue), TaskState::running);
    EXPECT_EQ(status("a", queue).log.string(), (runs() / "slurm/0010/logs/stage-1-0.log").string());
}

TEST_F(Submitted, only_what_is_missing_is_submitted_again) {
    const auto tasks = small_plan();
    submit(tasks);
    finish("pre0");
    finish("a");
    const Queue queue{{"7_1", {"RUNNING", ""}}, {"7_2", {"TIMEOUT", ""}}, {"8_1", {"PENDING", "Dependency"}}};
    const auto states = states_of(tasks, runs(), read_submissions(runs()), queue);
    EXPECT_THAT(tasks_to_submit(tasks, states), ElementsAre(0));
    const auto queued = queued_elements(tasks, states);
    EXPECT_EQ(queued.at("pre1"), "7_1");
    EXPECT_EQ(queued.at("b"), "8_1");
    EXPECT_EQ(queued.size(), 2u);
}

TEST_F(Submitted, a_pretraining_alone_is_not_submitted_for_finished_runs) {
    const std::vector<SubmittedTask> tasks{task("pre"), task("a", {"pre"})};
    finish("a");
    const auto states = states_of(tasks, runs(), {}, Queue{});
    EXPECT_THAT(tasks_to_submit(tasks, states), ElementsAre());
}

}  // namespace
}  // namespace dsqbench
