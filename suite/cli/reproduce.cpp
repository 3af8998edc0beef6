// `dsqbench reproduce`: published claims with verdicts from the stored rows; --run measures what one needs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>

#include "suite/cli/claims.h"
#include "suite/cli/verbs.h"
#include "suite/core/signals.h"
#include "suite/core/text.h"
#include "suite/launch/process.h"

namespace dsqbench {

namespace {

struct ReproduceOptions {
    std::vector<std::string> names;
    bool run = false;
};

// The exit code of a child whose stdout is our stderr: stdout is for the verdict. Hands a request to stop on to it.
int run_to_end(const std::vector<std::string>& words) {
    Process child(words, {}, Process::Input::none, Process::Output::our_stderr);
    for (bool told = false;; std::this_thread::sleep_for(std::chrono::milliseconds(20))) {
        if (const auto code = child.exit_code()) return *code;
        if (told || stop_signal() == 0) continue;
        child.send(SIGTERM);
        told = true;
    }
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
// measured. None after a request to stop.
void run_commands(const Claim& claim, Session& session) {
    for (const auto& command : claim.commands) {
        if (stop_signal() != 0) return;
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
        if (stop_signal() != 0) {
            session.exit_code = exit_code_of_stop(stop_signal());
            return;
        }
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
