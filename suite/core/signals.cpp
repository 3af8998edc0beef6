#include "suite/core/signals.h"

#include <atomic>
#include <csignal>

namespace dsqbench {

namespace {
// Any thread may be the one that a signal interrupts.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a handler may touch nothing else");

void on_signal(int signal) {
    if (received == SIGINT && signal == SIGINT) {
        std::signal(SIGINT, SIG_DFL);
        std::raise(SIGINT);
    }
    // Who ends a run that was to go on after its time limit does not want it to go on.
    if (received == 0 || received == SIGUSR1) received = signal;
}
}  // namespace

void catch_stop_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
    // A closed pipe and a file at its size limit are errors of a write, not ends of the process.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

int stop_signal() {
    return received;
}

ExitCode exit_code_of_stop(int signal) {
    return signal == SIGINT ? ExitCode::interrupted : ExitCode::checkpointed;
}

}  // namespace dsqbench
