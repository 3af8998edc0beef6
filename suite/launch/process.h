// A child process with its stdout and stderr on pipes or on our stderr, and its stdin where that is asked for.
#pragma once

#include <sys/types.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

class Process {
public:
    enum class Stream { out, error };
    enum class Input { none, written };
    enum class Output { piped, our_stderr };  // of both streams

    // Starts `command`, found through PATH when it has no '/', with an empty stdin or one for write(), this process's
    // environment and the variables "NAME=value" of `environment` laid over it. The kernel kills it when the calling
    // thread ends: with SIGKILL, because a run survives that, and a checkpointing orphan would keep its run directory
    // locked. Throws Error(failed) when it cannot be started.
    Process(const std::vector<std::string>& command, const std::vector<std::string>& environment,
            Input input = Input::none, Output output = Output::piped);
    ~Process();  // kills it when it is still there, and waits
    Process(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Process& operator=(Process&&) = delete;

    // For poll(): the pipe's descriptor, -1 when there is none or it is at its end.
    int descriptor(Stream stream) const { return pipes_[static_cast<std::size_t>(stream)]; }

    // What can be read without waiting, at most 64 KiB; closes the pipe at its end.
    std::string read_available(Stream stream);

    // Puts all of `bytes` into its stdin, waiting where it does not read yet. Returns whether it still reads.
    bool write(std::string_view bytes);

    // Sends `signal`; nothing when the process has ended.
    void send(int signal);

    // Exit code, 128 + n after signal n; nullopt while it runs. Does not wait.
    std::optional<int> exit_code();

private:
    pid_t id_ = -1;
    std::optional<int> exit_code_;
    std::array<int, 2> pipes_{-1, -1};
    int input_ = -1;
};

}  // namespace dsqbench
