// A command of somebody else, run to its end: what it said and how it ended.
#pragma once

#include <string>
#include <vector>

namespace dsqbench {

struct CommandOutput {
    int exit_code = 0;  // 128 + n after signal n
    std::string out, error;
};

// Found through PATH, stdin closed. Throws Error(failed) when it cannot be started.
CommandOutput run_command(const std::vector<std::string>& command);

}  // namespace dsqbench
