// One sub-command a file: <verb>.cpp defines a `const Verb <verb>_verb` that main.cpp lists; that order is the help's.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/core/error.h"

namespace dsqbench {

// What all verbs share. Filled by the common options below and by main().
struct Session {
    std::filesystem::path program;  // absolute path of this binary, for child processes
    bool json = false;
    std::filesystem::path data_root, runs_folder = "runs", results_folder = "results", recipes_folder;
    ExitCode exit_code = ExitCode::ok;  // what a verb that printed its result ends with
};

struct Verb {
    const char* name;
    const char* summary;
    // Declares options on `command` and sets its callback. The callback prints the result on stdout, everything else on
    // stderr, and throws Error.
    void (*declare)(CLI::App& command, Session& session);
};

// Every option has an environment variable: --data-root is DSQBENCH_DATA_ROOT.
std::string environment_name(const std::string& option);

template <class Value>
CLI::Option* add_option(CLI::App& command, const std::string& name, Value& value, const std::string& meaning) {
    return command.add_option(name, value, meaning)->envname(environment_name(name));
}
// A check of an option's number; what is none, CLI11 itself refuses.
CLI::Validator at_least(int smallest);
CLI::Option* add_flag(CLI::App& command, const std::string& name, bool& value, const std::string& meaning);

void add_json_flag(CLI::App& command, Session& session);       // --json
void add_folder_options(CLI::App& command, Session& session);  // --data-root, --runs-dir, --results, --recipes-dir

// Result on stdout, in one write, with a newline at the end. A closed pipe is not an error.
void print_result(const std::string& text);
void print_json(const nlohmann::json& value);
void silence_results();  // from now on neither prints: another process has the same result

}  // namespace dsqbench
