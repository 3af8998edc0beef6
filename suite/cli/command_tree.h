// The command line as values: what completion scripts and the man page are made from. Knows CLI11; its users do not.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dsqbench {

struct CommandOption {
    std::vector<std::string> names;  // "-h", "--help"; the bare name of a positional
    std::string meaning;
    std::string environment;           // the variable that sets it; "" when none does
    std::string default_value;         // "" when it has none
    std::vector<std::string> choices;  // the values that it may have, where they are few
    bool positional = false;
    bool takes_value = false;

    // What `dsqbench ls` lists the values of ("recipes"); "" when nothing does.
    std::string listed_by() const;
};

struct Command {
    std::string path;  // "dsqbench data ls"
    std::string name;  // "ls"
    std::string summary;
    std::vector<CommandOption> options;
    std::vector<Command> commands;
};

// Without hidden commands and options.
Command describe(const CLI::App& app);

// The command itself and all below it, outer before inner.
std::vector<const Command*> all_commands(const Command& root);

}  // namespace dsqbench
