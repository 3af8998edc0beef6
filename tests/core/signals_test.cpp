#include "suite/core/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "tests/child_process.h"

namespace dsqbench {
namespace {

// Each in a process of its own, as a received signal stays received.
int stop_signal_after(std::initializer_list<int> signals) {
    ChildProcess process([&] {
        catch_stop_signals();
        for (const int signal : signals) ::raise(signal);
        return stop_signal();
    });
    return process.wait();
}

TEST(Signals, none_has_asked_for_a_stop_at_first) {
    EXPECT_EQ(stop_signal_after({}), 0);
}

TEST(Signals, each_stop_signal_is_remembered) {
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) EXPECT_EQ(stop_signal_after({signal}), signal);
}

TEST(Signals, the_first_one_decides) {
    EXPECT_EQ(stop_signal_after({SIGTERM, SIGINT}), SIGTERM);
    EXPECT_EQ(stop_signal_after({SIGTERM, SIGTERM}), SIGTERM);
    EXPECT_EQ(stop_signal_after({SIGINT, SIGTERM}), SIGINT);
}

TEST(Signals, a_second_interrupt_ends_the_process) {
    EXPECT_EQ(stop_signal_after({SIGINT, SIGINT}), -SIGINT);
}

TEST(Signals, a_closed_pipe_does_not_end_the_process) {
    ChildProcess process([] {
        catch_stop_signals();
        int ends[2];
        if (::pipe(ends) != 0) return 1;
        ::close(ends[0]);
        return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 1;
    });
    EXPECT_EQ(process.wait(), 0);
}

TEST(Signals, exit_codes_tell_an_interrupt_from_a_request_to_checkpoint) {
    EXPECT_EQ(exit_code_of_stop(SIGINT), ExitCode::interrupted);
    EXPECT_EQ(exit_code_of_stop(SIGTERM), ExitCode::checkpointed);
    EXPECT_EQ(exit_code_of_stop(SIGUSR1), ExitCode::checkpointed);
}

}  // namespace
}  // namespace dsqbench
