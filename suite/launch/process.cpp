#include "suite/launch/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "suite/core/error.h"

extern "C" char** environ;

namespace dsqbench {

namespace {

// Both ends close when the process image is replaced; dup2 makes the copies that the child keeps.
class Pipe {
public:
    enum class Kind {
        plain,
        quiet,  // a socket: writing after the reader has gone is an error and no SIGPIPE
    };
    explicit Pipe(Kind kind = Kind::plain) {
        const int failed = kind == Kind::plain ? ::pipe2(ends_.data(), O_CLOEXEC)
                                               : ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data());
        if (failed != 0)
            throw Error(ExitCode::failed, std::string("cannot make a pipe: ") + std::strerror(errno),
                        "use fewer --jobs, or raise the limit with `ulimit -n`");
    }
    ~Pipe() {
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    int read_end() const { return ends_[0]; }
    int write_end() const { return ends_[1]; }
    int release_read_end() { return std::exchange(ends_[0], -1); }
    int release_write_end() { return std::exchange(ends_[1], -1); }
    void close_write_end() { ::close(std::exchange(ends_[1], -1)); }

private:
    std::array<int, 2> ends_{-1, -1};
};

std::string name_of(const std::string& variable) {
    return variable.substr(0, variable.find('='));
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
    std::vector<std::string> merged = added;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        bool replaced = false;
        for (const auto& mine : added) replaced = replaced || name_of(mine) == name_of(*variable);
        if (!replaced) merged.emplace_back(*variable);
    }
    return merged;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// Everything that the child needs, made before the fork: after it, in a process that may have had threads, only
// async-signal-safe calls are allowed.
struct Start {
    char* const* command;
    char* const* environment;
    int in, out, error, failure;  // in: -1 for nothing to read
    pid_t parent;
};

[[noreturn]] void report_and_exit(int failure) {
    const int number = errno;
    [[maybe_unused]] const auto written = ::write(failure, &number, sizeof number);
    ::_exit(127);
}

[[noreturn]] void become(const Start& start) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != start.parent) ::_exit(127);  // the parent died before the line above
    ::dup2(start.in >= 0 ? start.in : ::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    if (::dup2(start.out, STDOUT_FILENO) < 0 || ::dup2(start.error, STDERR_FILENO) < 0) report_and_exit(start.failure);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execvpe(start.command[0], start.command, start.environment);
    report_and_exit(start.failure);
}

// The errno of a failed start; 0 when the write end closed by itself, which is the successful exec.
int failure_of_start(int read_end) {
    int number = 0;
    ssize_t count = 0;
    do count = ::read(read_end, &number, sizeof number);
    while (count < 0 && errno == EINTR);
    return count == static_cast<ssize_t>(sizeof number) ? number : 0;
}

void wait_for_end(pid_t id) {
    while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& environment, Input input,
                 Output output) {
    if (command.empty()) throw std::logic_error("a task has no command");
    std::vector<std::string> arguments = command, variables = merged_environment(environment);
    const auto argument_pointers = pointers_to(arguments), variable_pointers = pointers_to(variables);
    Pipe failure;
    std::optional<Pipe> in, out, error;
    if (output == Output::piped) {
        out.emplace();
        error.emplace();
    }
    if (input == Input::written) in.emplace(Pipe::Kind::quiet);
    const Start start{argument_pointers.data(),
                      variable_pointers.data(),
                      in ? in->read_end() : -1,
                      out ? out->write_end() : STDERR_FILENO,
                      error ? error->write_end() : STDERR_FILENO,
                      failure.write_end(),
                      ::getpid()};
    id_ = ::fork();
    if (id_ == 0) become(start);
    if (id_ < 0)
        throw Error(ExitCode::failed, std::string("cannot start a process: ") + std::strerror(errno),
                    "use fewer --jobs");
    failure.close_write_end();
    if (const int number = failure_of_start(failure.read_end()); number != 0) {
        wait_for_end(id_);
        throw Error(ExitCode::failed, "cannot start '" + command[0] + "': " + std::strerror(number));
    }
    if (output == Output::piped) {
        for (const auto* pipe : {&out, &error}) ::fcntl((*pipe)->read_end(), F_SETFL, O_NONBLOCK);
        pipes_ = {out->release_read_end(), error->release_read_end()};
    }
    if (in) input_ = in->release_write_end();
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      exit_code_(other.exit_code_),
      pipes_(std::exchange(other.pipes_, {-1, -1})),
      input_(std::exchange(other.input_, -1)) {}

Process::~Process() {
    for (const int end : {pipes_[0], pipes_[1], input_})
        if (end >= 0) ::close(end);
    if (id_ < 0 || exit_code_) return;
    ::kill(id_, SIGKILL);
    wait_for_end(id_);
}

std::string Process::read_available(Stream stream) {
    int& pipe = pipes_[static_cast<std::size_t>(stream)];
    if (pipe < 0) return {};
    std::string bytes(std::size_t{1} << 16, '\0');
    const ssize_t count = ::read(pipe, bytes.data(), bytes.size());
    const bool later = count < 0 && (errno == EAGAIN || errno == EINTR);
    if (count <= 0 && !later) ::close(std::exchange(pipe, -1));
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

bool Process::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(input_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) return false;
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void Process::send(int signal) {
    if (!exit_code()) ::kill(id_, signal);
}

std::optional<int> Process::exit_code() {
    int status = 0;
    if (!exit_code_ && ::waitpid(id_, &status, WNOHANG) == id_)
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return exit_code_;
}

}  // namespace dsqbench
