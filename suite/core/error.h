// The one error type of dsqbench: what went wrong, where, what to do next, and the process's exit code.
#pragma once

#include <exception>
#include <string>

namespace dsqbench {

// Exit codes of the `dsqbench` command. Every error carries one.
enum class ExitCode {
    ok = 0,
    failed = 1,         // a run or case failed
    usage = 2,          // the command line
    recipe = 3,         // a recipe
    data = 4,           // a data set, weights, or a file of results
    numeric = 5,        // divergence, parity, kernel differs from its reference
    regression = 6,     // `compare` found one
    unavailable = 69,   // instruction set or backend not on this machine
    checkpointed = 75,  // stopped at a checkpoint: submit again
    interrupted = 130,  // stopped by a signal
};

// what() reads "place: message; hint". Message and hint are lower-case clauses without a full stop.
class Error : public std::exception {
public:
    Error(ExitCode code, std::string message, std::string hint = {}, std::string place = {});

    const char* what() const noexcept override { return text_.c_str(); }
    ExitCode code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& hint() const noexcept { return hint_; }
    const std::string& place() const noexcept { return place_; }

private:
    ExitCode code_;
    std::string message_, hint_, place_, text_;
};

}  // namespace dsqbench
