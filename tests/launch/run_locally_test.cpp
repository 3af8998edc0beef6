// run_locally of suite/launch/plan.h, with shell scripts as tasks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <stdexcept>

#include "suite/core/clock.h"
#include "suite/core/file_system.h"
#include "suite/core/signals.h"
#include "suite/core/text.h"
#include "suite/launch/plan.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using State = TaskOutcome::State;

PlannedTask shell(const std::string& script, std::vector<std::size_t> after = {}) {
    return {"task", {"/bin/sh", "-c", script}, std::move(after)};
}

std::vector<TaskOutcome> run_plan(const std::vector<PlannedTask>& plan, std::size_t jobs = 1) {
    Progress silent(Progress::Style::silent);
    LocalLaunch options;
    options.jobs = jobs;
    return run_locally(plan, options, silent);
}

bool comes_true(const std::function<bool()>& condition) {
    for (const double start = monotonic_seconds(); monotonic_seconds() - start < 20; ::usleep(5000))
        if (condition()) return true;
    return false;
}

class Launch : public testing::Test {
protected:
    std::string file(const std::string& name) const { return (folder_ / name).string(); }
    // A script that goes on when `name` is there, or fails after ten seconds.
    std::string wait_for(const std::string& name) const {
        return "i=0; while [ ! -e " + file(name) + " ]; do i=$((i+1)); [ $i -gt 1000 ] && exit 9; sleep 0.01; done; ";
    }
    std::string touch(const std::string& name) const { return ": > " + file(name) + "; "; }

    TemporaryFolder folder_;
};

TEST_F(Launch, runs_one_task_after_the_other_in_order) {
    const std::string log = file("log");
    std::vector<PlannedTask> plan;
    for (int i = 0; i < 5; ++i) plan.push_back(shell("echo " + std::to_string(i) + " >> " + log));
    for (const auto& outcome : run_plan(plan)) EXPECT_EQ(outcome.state, State::succeeded);
    EXPECT_EQ(read_file(log), "0\n1\n2\n3\n4\n");
}

TEST_F(Launch, runs_as_many_at_once_as_it_may) {
    const auto outcomes = run_plan({shell(touch("a") + wait_for("b")), shell(touch("b") + wait_for("a"))}, 2);
    EXPECT_EQ(outcomes[0].exit_code, 0);
    EXPECT_EQ(outcomes[1].exit_code, 0);
}

TEST_F(Launch, never_runs_more_at_once) {
    const std::string log = file("log");
    const std::vector<PlannedTask> plan(6, shell("echo start >> " + log + "; sleep 0.05; echo end >> " + log));
    run_plan(plan, 2);
    int running = 0, most = 0;
    for (const auto& line : split(read_file(log), '\n')) {
        running += line == "start" ? 1 : line == "end" ? -1 : 0;
        most = std::max(most, running);
    }
    EXPECT_LE(most, 2);
    EXPECT_EQ(running, 0);
}

TEST_F(Launch, waits_for_what_a_task_needs) {
    const std::string log = file("log");
    run_plan({shell("echo last >> " + log, {1, 2}), shell("sleep 0.1; echo first >> " + log),
              shell("echo second >> " + log, {1})},
             3);
    EXPECT_EQ(read_file(log), "first\nsecond\nlast\n");
}

TEST_F(Launch, lets_the_others_go_on_when_one_fails) {
    const auto outcomes = run_plan({shell("echo no memory >&2; exit 3"), shell("exit 0")});
    EXPECT_EQ(outcomes[0].state, State::failed);
    EXPECT_EQ(outcomes[0].exit_code, 3);
    EXPECT_EQ(outcomes[0].error, "no memory");
    EXPECT_EQ(outcomes[1].state, State::succeeded);
}

TEST_F(Launch, does_not_start_what_needs_a_failed_task) {
    const auto outcomes =
        run_plan({shell("exit 1"), shell(touch("b"), {0}), shell(touch("c"), {1}), shell(touch("d"))});
    EXPECT_EQ(outcomes[1].state, State::not_started);
    EXPECT_EQ(outcomes[1].exit_code, -1);
    EXPECT_THAT(outcomes[1].error, testing::HasSubstr("needs 'task', which did not succeed"));
    EXPECT_EQ(outcomes[2].state, State::not_started);
    EXPECT_FALSE(std::filesystem::exists(file("b")) || std::filesystem::exists(file("c")));
    EXPECT_TRUE(std::filesystem::exists(file("d")));
}

TEST_F(Launch, knows_a_task_that_stopped_at_a_checkpoint) {
    const auto outcomes = run_plan({shell("exit 75"), shell("exit 0", {0})});
    EXPECT_EQ(outcomes[0].state, State::stopped);
    EXPECT_EQ(outcomes[0].exit_code, 75);
    EXPECT_EQ(outcomes[1].state, State::not_started);
}

TEST_F(Launch, says_which_signal_ended_a_task) {
    const auto outcome = run_plan({shell("echo before >&2; kill -9 $$")})[0];
    EXPECT_EQ(outcome.state, State::failed);
    EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
    EXPECT_EQ(outcome.error, "ended by signal 9, perhaps for want of memory\nbefore");
}

TEST_F(Launch, survives_garbage_on_stdout) {
    const auto outcome =
        run_plan({shell("head -c 300000 /dev/urandom; echo '{\"fraction\": 7}'; echo '{\"fraction\":'")})[0];
    EXPECT_EQ(outcome.state, State::succeeded);
}

TEST_F(Launch, keeps_the_end_of_a_huge_stderr) {
    const auto outcome =
        run_plan({shell("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo the end >&2; exit 1")})[0];
    EXPECT_THAT(outcome.error, testing::EndsWith("x\nthe end"));
    EXPECT_LE(outcome.error.size(), std::size_t{1} << 14);
}

TEST_F(Launch, does_not_wait_for_a_grandchild_that_keeps_the_streams) {
    const double start = monotonic_seconds();
    const auto outcome = run_plan({shell("sleep 15 & echo done >&2; exit 4")})[0];
    EXPECT_EQ(outcome.exit_code, 4);
    EXPECT_EQ(outcome.error, "done");
    EXPECT_LT(monotonic_seconds() - start, 10);
}

TEST_F(Launch, reports_a_program_that_is_not_there) {
    const auto outcomes = run_plan({{"task", {file("none")}, {}}, shell("exit 0")});
    EXPECT_EQ(outcomes[0].state, State::failed);
    EXPECT_EQ(outcomes[0].exit_code, 127);
    EXPECT_THAT(outcomes[0].error, testing::HasSubstr("No such file or directory"));
    EXPECT_EQ(outcomes[1].state, State::succeeded);
}

// A task that tells its memory and holds it until it ends, on a machine whose memory is what the others leave.
class LaunchInMemory : public Launch {
protected:
    const std::string hold = R"(echo '{"fraction": 0.1, "memory": {"now": 10000000000, "peak": 10000000000}}'; )";
    PlannedTask task(const std::string& script = "") const {
        const std::string log = file("log");
        return shell("echo start >> " + log + "; sleep 0.1; " + hold + script + "sleep 0.1; echo end >> " + log);
    }
    // The most that ran at once.
    int most_at_once(const std::vector<PlannedTask>& plan, std::uint64_t memory) const {
        Progress silent(Progress::Style::silent);
        LocalLaunch options;
        options.jobs = 3;
        options.available_memory = [&] { return std::optional(memory - std::min(memory, held())); };
        for (const auto& outcome : run_locally(plan, options, silent)) EXPECT_EQ(outcome.state, State::succeeded);
        int running = 0, most = 0;
        for (const auto& line : lines()) most = std::max(most, running += line == "start" ? 1 : line == "end" ? -1 : 0);
        return most;
    }

private:
    std::vector<std::string> lines() const {
        return std::filesystem::exists(file("log")) ? split(read_file(file("log")), '\n') : std::vector<std::string>();
    }
    std::uint64_t held() const {
        std::uint64_t running = 0;
        for (const auto& line : lines()) running += line == "start" ? 1 : line == "end" ? -1 : 0;
        return running * 10000000000u;
    }
};

TEST_F(LaunchInMemory, runs_as_many_as_there_is_memory_for) {
    const PlannedTask other = task(touch("second"));
    EXPECT_EQ(most_at_once({task(wait_for("second")), other, other, other}, 25000000000), 2);
}

TEST_F(LaunchInMemory, runs_one_after_the_other_where_not_even_one_seems_to_fit) {
    EXPECT_EQ(most_at_once({task(), task(), task()}, 5000000000), 1);
}

TEST_F(LaunchInMemory, runs_all_jobs_where_there_is_plenty) {
    const PlannedTask patient = task(wait_for("third"));
    EXPECT_EQ(most_at_once({patient, patient, task(touch("third")), task()}, 900000000000), 3);
}

TEST_F(LaunchInMemory, starts_nothing_beside_a_first_that_does_not_tell_but_goes_on_when_it_ends) {
    const std::vector<PlannedTask> silent(
        3, shell("echo start >> " + file("log") + "; sleep 0.1; echo end >> " + file("log")));
    EXPECT_EQ(most_at_once(silent, 900000000000), 1);
}

TEST_F(Launch, gives_every_task_one_thread) {
    run_plan({shell("echo $OMP_NUM_THREADS > " + file("threads"))});
    EXPECT_EQ(read_file(file("threads")), "1\n");
}

TEST_F(Launch, a_summary_hears_of_every_task_and_of_success_alone) {
    Progress silent(Progress::Style::silent);
    LocalLaunch options;
    std::vector<bool> last;
    options.summary = [&last](const std::vector<bool>& succeeded) {
        last = succeeded;
        return std::string("summary");
    };
    run_locally({shell("exit 0"), shell("exit 1"), shell("exit 0", {1}), shell("exit 0")}, options, silent);
    EXPECT_EQ(last, (std::vector<bool>{true, false, false, true}));
}

TEST_F(Launch, of_an_empty_plan_is_nothing) {
    EXPECT_TRUE(run_plan({}).empty());
}

TEST_F(Launch, refuses_a_plan_that_cannot_be_run) {
    EXPECT_THROW(run_plan({shell("exit 0", {0})}), std::logic_error);
    EXPECT_THROW(run_plan({{"task", {}, {}}}), std::logic_error);
}

// Runs `plan` in a process of its own with the program's signal handlers, and writes "state exit-code" a task to
// `file`.
pid_t run_in_child(const std::vector<PlannedTask>& plan, const std::string& file) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    catch_stop_signals();
    std::ofstream out(file);
    for (const auto& outcome : run_plan(plan))
        out << static_cast<int>(outcome.state) << " " << outcome.exit_code << "\n";
    out.close();
    ::_exit(0);
}

std::string line_of(State state, int exit_code) {
    return std::to_string(static_cast<int>(state)) + " " + std::to_string(exit_code) + "\n";
}

TEST_F(Launch, passes_a_stop_on_and_waits_for_the_checkpoint) {
    const std::string script = "trap 'sleep 0.2; " + touch("checkpoint") + "exit 75' TERM; " + touch("started") +
                               "while :; do sleep 0.02; done";
    const pid_t child = run_in_child({shell(script), shell(touch("next"))}, file("outcomes"));
    ASSERT_TRUE(comes_true([&] { return std::filesystem::exists(file("started")); }));
    ::kill(child, SIGTERM);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(read_file(file("outcomes")), line_of(State::stopped, 75) + line_of(State::not_started, -1));
    EXPECT_TRUE(std::filesystem::exists(file("checkpoint")));
    EXPECT_FALSE(std::filesystem::exists(file("next")));
}

TEST_F(Launch, counts_a_task_that_dies_of_the_stop_as_stopped) {
    const pid_t child = run_in_child({shell(touch("started") + "exec sleep 30")}, file("outcomes"));
    ASSERT_TRUE(comes_true([&] { return std::filesystem::exists(file("started")); }));
    ::kill(child, SIGUSR1);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(read_file(file("outcomes")), line_of(State::stopped, 128 + SIGTERM));
}

TEST_F(Launch, leaves_no_task_behind_when_it_is_killed) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphaned tasks become this process's children, so that it can wait for them
    const pid_t child = run_in_child(
        {shell("echo $$ > " + file("id.part") + "; mv " + file("id.part") + " " + file("id") + "; exec sleep 30")},
        file("outcomes"));
    ASSERT_TRUE(comes_true([&] { return std::filesystem::exists(file("id")); }));
    const pid_t task = std::stoi(read_file(file("id")));
    ::kill(child, SIGKILL);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(comes_true([&] { return ::waitpid(task, &status, WNOHANG) == task; }));
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace dsqbench
