// A process that does a round of its work for every line of its stdin and answers with the seconds that it took: what
// `dsqbench bench ... --on-request` does, and what a rival of a benchmark has to do.
#pragma once

#include <string>

#include "suite/launch/output.h"
#include "suite/launch/process.h"

namespace dsqbench {

class TurnTaker {
public:
    // `command` is a line for the shell; `name` is for messages.
    TurnTaker(const std::string& name, const std::string& command);

    // Waits for a round. Throws Error(failed) with its last words when it ends or answers something else than seconds,
    // and Error(interrupted) on a stop signal.
    double take_turn();

private:
    std::string answer();
    [[noreturn]] void fail(const std::string& what);

    std::string name_;
    Process process_;
    LineSplitter lines_;
    Tail error_;
};

}  // namespace dsqbench
