#include "suite/launch/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "suite/core/clock.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

Process shell(const std::string& script, const std::vector<std::string>& environment = {}) {
    return Process({"/bin/sh", "-c", script}, environment);
}

int wait_for(Process& process) {
    for (const double start = monotonic_seconds(); monotonic_seconds() - start < 20; ::usleep(2000))
        if (const auto code = process.exit_code()) return *code;
    ADD_FAILURE() << "the process does not end";
    return -1;
}

std::string all_of(Process& process, Process::Stream stream) {
    std::string bytes;
    for (const double start = monotonic_seconds(); process.descriptor(stream) >= 0 && monotonic_seconds() - start < 20;)
        bytes += process.read_available(stream);
    return bytes;
}

TEST(Process, reads_what_is_written_to_it) {
    Process process({"/bin/sh", "-c", "read one; read two; echo $two $one"}, {}, Process::Input::written);
    EXPECT_TRUE(process.write("first\n"));
    EXPECT_TRUE(process.write("second\n"));
    EXPECT_EQ(all_of(process, Process::Stream::out), "second first\n");
    EXPECT_EQ(wait_for(process), 0);
}

TEST(Process, that_ended_takes_no_input_and_no_signal_says_so) {
    Process process({"/bin/sh", "-c", "exit 3"}, {}, Process::Input::written);
    EXPECT_EQ(wait_for(process), 3);
    EXPECT_FALSE(process.write("anybody there?\n"));
}

TEST(Process, separates_the_two_streams) {
    Process process = shell("echo result; echo trouble >&2; exit 3");
    EXPECT_EQ(all_of(process, Process::Stream::out), "result\n");
    EXPECT_EQ(all_of(process, Process::Stream::error), "trouble\n");
    EXPECT_EQ(wait_for(process), 3);
}

TEST(Process, writes_both_streams_to_our_stderr_where_that_is_asked_for) {
    testing::internal::CaptureStderr();
    Process process({"/bin/sh", "-c", "echo result; echo trouble >&2; exit 3"}, {}, Process::Input::none,
                    Process::Output::our_stderr);
    EXPECT_EQ(process.descriptor(Process::Stream::out), -1);
    EXPECT_EQ(wait_for(process), 3);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "result\ntrouble\n");
}

TEST(Process, reports_the_signal_that_ended_it) {
    Process process = shell("kill -9 $$");
    EXPECT_EQ(wait_for(process), 128 + SIGKILL);
}

TEST(Process, inherits_the_environment_with_changes) {
    ::setenv("DSQBENCH_TEST_KEPT", "kept", 1);
    ::setenv("DSQBENCH_TEST_CHANGED", "old", 1);
    Process process = shell("echo $DSQBENCH_TEST_KEPT $DSQBENCH_TEST_CHANGED", {"DSQBENCH_TEST_CHANGED=new"});
    EXPECT_EQ(all_of(process, Process::Stream::out), "kept new\n");
}

TEST(Process, has_nothing_to_read_on_stdin) {
    Process process = shell("cat; echo end");
    EXPECT_EQ(all_of(process, Process::Stream::out), "end\n");
}

TEST(Process, leaks_no_pipe_into_the_next_one) {
    const auto descriptors = [] {
        Process process = shell("ls /proc/self/fd");
        return all_of(process, Process::Stream::out);
    };
    const std::string alone = descriptors();
    const Process other = shell("sleep 30");
    EXPECT_EQ(descriptors(), alone);
}

TEST(Process, that_does_not_exist_is_an_error_with_its_name) {
    EXPECT_STREQ(refusal_of([] { Process({"/no/such/program"}, {}); }).what(),
                 "cannot start '/no/such/program': No such file or directory");
    EXPECT_THROW(Process({}, {}), std::logic_error);
}

TEST(Process, is_found_through_the_path) {
    Process process({"true"}, {});
    EXPECT_EQ(wait_for(process), 0);
}

TEST(Process, ends_with_its_object) {
    Process owner = shell("exec sleep 30");
    const double start = monotonic_seconds();
    { const Process moved = std::move(owner); }
    EXPECT_LT(monotonic_seconds() - start, 10);
}

TEST(Process, can_be_stopped_although_its_parent_blocks_the_signal) {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    Process process = shell("exec sleep 30");
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    process.send(SIGTERM);
    EXPECT_EQ(wait_for(process), 128 + SIGTERM);
}

}  // namespace
}  // namespace dsqbench
