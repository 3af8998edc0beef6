// One element of a job array: what it runs, what it notes, and when it queues itself again.
#include "suite/launch/array_element.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite/core/signals.h"
#include "suite/launch/slurm.h"
#include "tests/launch/submitted.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

TEST_F(Submitted, element_runs_its_tasks_and_notes_how_they_ended) {
    submit({shell("a", result("a")), shell("b", "echo no memory >&2; exit 4"), shell("c", result("c"))}, 3);
    EXPECT_EQ(run(), ExitCode::failed);
    EXPECT_EQ(end_of(0), "succeeded");
    EXPECT_EQ(end_of(1), "failed");
    EXPECT_EQ(read_end(submission_, 1)->exit_code, 4);
    EXPECT_EQ(read_end(submission_, 1)->error, "no memory");
    EXPECT_EQ(end_of(2), "succeeded");
    EXPECT_EQ(state("c", Queue{}), TaskState::done);
}

TEST_F(Submitted, element_runs_no_more_at_once_than_asked) {
    const std::string log = (runs() / "log").string();
    const std::string script = "echo + >> " + log + "; sleep 0.05; echo - >> " + log;
    submit({shell("a", script), shell("b", script)}, 2);
    run();
    EXPECT_EQ(read_file(log), "+\n-\n+\n-\n");
}

TEST_F(Submitted, element_trains_nothing_twice) {
    const std::string log = (runs() / "log").string();
    submit({shell("a", "echo a >> " + log), shell("b", "echo b >> " + log + "; exit 1")}, 2);
    finish("a");
    EXPECT_EQ(run(), ExitCode::failed);
    EXPECT_EQ(run(), ExitCode::failed) << "what failed is not tried again when the element is queued again";
    EXPECT_EQ(read_file(log), "b\n");
}

TEST_F(Submitted, element_does_not_start_what_needs_a_run_without_result) {
    submit({shell("pre", "exit 1"), shell("a", "exit 0", {"pre"})});
    EXPECT_EQ(run("stage-2"), ExitCode::failed);
    EXPECT_EQ(read_end(submission_, 1)->error, "needs pre, which has no result");
    finish("pre");
    std::filesystem::remove_all(submission_.folder / "exits");
    EXPECT_EQ(run("stage-2"), ExitCode::ok);
}

TEST_F(Submitted, element_that_is_not_there_is_an_error) {
    submit({task("a")});
    EXPECT_EQ(refusal_of([&] { run("stage-1", 1); }).code(), ExitCode::usage);
    EXPECT_EQ(refusal_of([&] { run("stage-2", 0); }).code(), ExitCode::usage);
}

TEST_F(Submitted, element_notes_an_end_while_others_go_on) {
    const std::string note = (submission_.folder / "exits" / "0.json").string();
    submit({shell("a", "exit 4"),
            shell("b", "for i in $(seq 1000); do [ -e " + note + " ] && exit 0; sleep 0.02; done; exit 1")},
           2);
    submission_.jobs = 2;
    EXPECT_EQ(run(), ExitCode::failed);
    EXPECT_EQ(end_of(0), "failed");
    EXPECT_EQ(end_of(1), "succeeded");
}

// A `scontrol` that notes what it is asked.
class Requeued : public Submitted {
protected:
    Requeued() {
        write_file_atomically(runs() / "bin" / "scontrol", "#!/bin/sh\necho \"$@\" >> '" + calls().string() + "'\n");
        std::filesystem::permissions(runs() / "bin" / "scontrol", std::filesystem::perms::owner_all);
        path_ = ::getenv("PATH");
        ::setenv("PATH", ((runs() / "bin").string() + ":" + path_).c_str(), 1);
    }
    ~Requeued() override { ::setenv("PATH", path_.c_str(), 1); }
    std::filesystem::path calls() const { return runs() / "calls"; }
    std::string called() const { return std::filesystem::exists(calls()) ? read_file(calls()) : ""; }

    // The exit code of an element in a process of its own, to which the signals are sent once its task has begun.
    int signalled(const std::vector<int>& signals) {
        const std::string begun = (runs() / "begun").string();
        submit(
            {shell("a", "trap 'exit 75' TERM; : > " + begun + "; while :; do sleep 0.02; done"), shell("b", "exit 0")},
            2);
        const pid_t child = ::fork();
        if (child == 0) {
            catch_stop_signals();
            ::_exit(static_cast<int>(run("stage-1", 0, {"42", 0})));
        }
        for (int looks = 0; looks < 4000 && !std::filesystem::exists(begun); ++looks) ::usleep(5000);
        for (const int signal : signals) ::kill(child, signal);
        int status = -1;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string path_;
};

TEST_F(Requeued, before_the_time_limit_an_element_stops_and_is_queued_again) {
    EXPECT_EQ(signalled({SIGUSR1}), 75);
    EXPECT_EQ(called(), "requeue 42\n");
    EXPECT_EQ(end_of(0), "stopped");
    EXPECT_EQ(end_of(1), "stopped") << "it had not begun";
}

TEST_F(Requeued, what_is_cancelled_is_not_queued_again) {
    EXPECT_EQ(signalled({SIGTERM}), 75);
    EXPECT_EQ(called(), "");
    EXPECT_EQ(end_of(0), "stopped");
}

TEST_F(Requeued, what_is_cancelled_while_it_stops_for_its_time_limit_is_not_queued_again) {
    // Both wait for the process at once, so whichever the kernel delivers first, SIGTERM counts.
    EXPECT_EQ(signalled({SIGUSR1, SIGTERM}), 75);
    EXPECT_EQ(called(), "");
}

TEST_F(Requeued, a_run_that_stopped_by_itself_is_queued_again) {
    submit({shell("a", "exit 75")});
    EXPECT_EQ(run("stage-1", 0, {"42", 2}), ExitCode::checkpointed);
    EXPECT_EQ(called(), "requeue 42\n");
}

TEST_F(Requeued, not_for_ever) {
    submit({shell("a", "exit 75")});
    EXPECT_EQ(run("stage-1", 0, {"42", 3}), ExitCode::checkpointed);
    EXPECT_EQ(called(), "");
    EXPECT_EQ(state("a", Queue{}), TaskState::stopped);
}

TEST_F(Requeued, not_outside_of_slurm) {
    submit({shell("a", "exit 75")});
    EXPECT_EQ(run("stage-1", 0, {}), ExitCode::checkpointed);
    EXPECT_EQ(called(), "");
}

TEST_F(Requeued, a_cluster_that_does_not_queue_again_leaves_a_stopped_run) {
    write_file_atomically(runs() / "bin" / "scontrol", "#!/bin/sh\necho Requested operation is disabled >&2; exit 1\n");
    std::filesystem::permissions(runs() / "bin" / "scontrol", std::filesystem::perms::owner_all);
    submit({shell("a", "exit 75")});
    EXPECT_EQ(run("stage-1", 0, {"42", 0}), ExitCode::checkpointed);
    EXPECT_EQ(requeue_job("42"), "Requested operation is disabled");
}

}  // namespace
}  // namespace dsqbench
