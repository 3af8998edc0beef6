// A forked process for one test: what happens to files and locks when a process dies is the kernel's business, and can
// only be seen from another process.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <stdexcept>

namespace dsqbench {

class ChildProcess {
public:
    // Runs `function` in the child, which then exits with what it returned, or with 99 when it threw.
    template <class Function>
    explicit ChildProcess(Function function) : process_(::fork()) {
        if (process_ < 0) throw std::runtime_error("cannot fork");
        if (process_ > 0) return;
        int code = 99;
        try {
            code = function();
        } catch (const std::exception&) {
        }
        ::_exit(code);
    }
    ~ChildProcess() {
        if (process_ <= 0) return;
        ::kill(process_, SIGKILL);
        status();
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void send(int signal) const { ::kill(process_, signal); }
    // Waits for the end. The exit code, or minus the signal that ended it.
    int wait() {
        const int ended = status();
        return WIFSIGNALED(ended) ? -WTERMSIG(ended) : WEXITSTATUS(ended);
    }

private:
    int status() {
        int value = 0;
        while (::waitpid(process_, &value, 0) < 0 && errno == EINTR) {
        }
        process_ = 0;
        return value;
    }

    pid_t process_;
};

}  // namespace dsqbench
