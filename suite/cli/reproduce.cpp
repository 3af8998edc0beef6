// `dsqbench reproduce`: published claims with verdicts from the stored rows; --run measures what one needs.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "suite/cli/claims.h"
#include "suite/cli/verbs.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

struct ReproduceOptions {
    std::vector<std::string> names;
    bool run = false;
};

// The exit code of a child whose stdout is our stderr: stdout is for the verdict.
int run_to_end(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    pid_t child = -1;
    const int failure = ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (failure != 0 || ::waitpid(child, &status, 0) != child)
        throw Error(ExitCode::failed, "cannot start '" + words.front() + "'");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Every option can be given in the environment, and each command takes those that it has.
void hand_folders_on(const Session& session) {
    const auto hand_on = [](const char* option, const std::filesystem::path& folder) {
        if (!folder.empty()) ::setenv(environment_name(option).c_str(), folder.c_str(), 1);
    };
    hand_on("--results", session.results_folder);
    hand_on("--recipes-dir", session.recipes_folder);
    hand_on("--runs-dir", session.runs_folder);
    hand_on("--data-root", session.data_root);
}

// This program as `dsqbench`, and the rows where this call wants them.
std::vector<std::string> words_of(const std::string& command, const Claim& claim, const Session& session) {
    auto words = split(command, ' ');
    if (words.front() != "dsqbench")
        throw Error(ExitCode::data, "cannot run '" + command + "'", "it is no command of dsqbench", claim.name);
    words.front() = session.program.string();
    const auto results = std::find(words.begin(), words.end(), "--results");
    if (results != words.end() && results + 1 != words.end()) *(results + 1) = session.results_folder.string();
    return words;
}

// All of the claim's commands, whatever becomes of one: a setting that lacks its data keeps no other from being
// measured.
void run_commands(const Claim& claim, Session& session) {
    for (const auto& command : claim.commands) {
        fmt::print(stderr, "dsqbench: {}: {}\n", claim.name, command);
        const int code = run_to_end(words_of(command, claim, session));
        if (code == 0) continue;
        fmt::print(stderr, "dsqbench: {}: '{}' ended with exit code {}\n", claim.name, command, code);
        if (session.exit_code == ExitCode::ok) session.exit_code = static_cast<ExitCode>(code);
    }
}

std::vector<JudgedClaim> judged_claims(const Session& session, const std::vector<std::string>& names) {
    ClaimJudge judge(session, names);
    ResultStore(session.results_folder).visit([&](const RowLine& row) { judge.add(row); });
    return judge.verdicts();
}

void reproduce(const ReproduceOptions& options, Session& session) {
    if (options.run && options.names.empty())
        throw Error(ExitCode::usage, "--run needs the name of a claim", "`dsqbench reproduce` lists them");
    auto judged = judged_claims(session, options.names);
    if (judged.empty())
        throw Error(ExitCode::data, "there are no claims", "they are in claims/ of the folder of recipes",
                    session.recipes_folder.string());
    if (options.run) {
        hand_folders_on(session);
        for (const auto& each : judged) run_commands(each.claim, session);
        judged = judged_claims(session, options.names);
    }
    if (session.json) return print_json(to_json(judged));
    if (options.names.empty()) return print_result(format_table(judged));
    std::vector<std::string> texts;
    for (const auto& each : judged) texts.push_back(format_text(each));
    print_result(join(texts, "\n"));
}

void declare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<ReproduceOptions>();
    command.add_option("claims", options->names, "names of claims; all of them where none is named");
    add_flag(command, "--run", options->run, "first run the claim's commands, which may take days");
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([options, &session] { reproduce(*options, session); });
}

}  // namespace

const Verb reproduce_verb{"reproduce", "published claims, and what the stored rows say to them", declare};

}  // namespace dsqbench
