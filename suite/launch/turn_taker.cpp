#include "suite/launch/turn_taker.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <charconv>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/signals.h"

namespace dsqbench {

namespace {

constexpr std::size_t lines_shown = 12;
// A signal interrupts poll() itself; this bounds only the rare wait that misses one.
constexpr int milliseconds_between_looks = 200;

}  // namespace

TurnTaker::TurnTaker(const std::string& name, const std::string& command)
    : name_(name), process_({"/bin/sh", "-c", command}, {}, Process::Input::written) {}

double TurnTaker::take_turn() {
    if (!process_.write("\n")) fail("ended");
    const std::string text = answer();
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(seconds) || seconds <= 0)
        fail(fmt::format("answered '{}' instead of seconds", text.substr(0, 80)));
    return seconds;
}

// One line; what a process writes beside it before the next turn is passed over.
std::string TurnTaker::answer() {
    while (true) {
        std::array<pollfd, 2> pipes{pollfd{process_.descriptor(Process::Stream::out), POLLIN, 0},
                                    pollfd{process_.descriptor(Process::Stream::error), POLLIN, 0}};
        ::poll(pipes.data(), pipes.size(), milliseconds_between_looks);  // passes over -1
        if (stop_signal() != 0) throw Error(exit_code_of_stop(stop_signal()), "stopped");
        error_.take(process_.read_available(Process::Stream::error));
        const auto lines = lines_.take(process_.read_available(Process::Stream::out));
        if (!lines.empty()) return lines.front();
        if (process_.descriptor(Process::Stream::out) < 0) fail("ended");
    }
}

void TurnTaker::fail(const std::string& what) {
    error_.take(process_.read_available(Process::Stream::error));  // written just before its end
    const std::string said = error_.last_lines(lines_shown);
    throw Error(ExitCode::failed, fmt::format("'{}' {}{}", name_, what, said.empty() ? "" : ": " + said),
                "it must do a round for every line of its standard input and print the seconds");
}

}  // namespace dsqbench
