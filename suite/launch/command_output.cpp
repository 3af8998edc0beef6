#include "suite/launch/command_output.h"

#include <poll.h>

#include "suite/launch/process.h"

namespace dsqbench {

namespace {

// The end of a process interrupts nothing here: this bounds how late it is noticed.
constexpr int milliseconds_between_looks = 20;

}  // namespace

CommandOutput run_command(const std::vector<std::string>& command) {
    using Stream = Process::Stream;
    Process process(command, {});
    CommandOutput result;
    const auto read = [&] {
        result.out += process.read_available(Stream::out);
        result.error += process.read_available(Stream::error);
    };
    const auto open = [&] { return process.descriptor(Stream::out) >= 0 || process.descriptor(Stream::error) >= 0; };
    while (open() || !process.exit_code()) {
        pollfd pipes[] = {{process.descriptor(Stream::out), POLLIN, 0}, {process.descriptor(Stream::error), POLLIN, 0}};
        ::poll(pipes, 2, milliseconds_between_looks);
        read();
    }
    result.exit_code = *process.exit_code();
    return result;
}

}  // namespace dsqbench
