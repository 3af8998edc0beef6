// dsqbench: the command line. Parses, calls one verb, turns errors into messages and exit codes.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <new>

#include "suite/cli/verb.h"
#include "suite/cli/verbs.h"
#include "suite/core/progress.h"
#include "suite/core/signals.h"

namespace dsqbench {

const std::vector<const Verb*>& verbs() {
    static const std::vector<const Verb*> list{
#ifdef DSQBENCH_WITH_TORCH
        &run_verb,
#endif
        &ablate_verb,
#ifdef DSQBENCH_WITH_TORCH
        &submit_verb, &inspect_verb, &data_verb,        &worker_verb,    &element_verb,
#endif
        &bench_verb,  &deploy_verb,  &leaderboard_verb, &reproduce_verb, &compare_verb, &regressions_verb,
        &export_verb, &ls_verb,      &show_verb,        &validate_verb,  &doctor_verb,  &completion_verb};
    return list;
}

namespace {

int report(const Error& error) {
    const bool colour = colour_wanted(STDERR_FILENO);
    fmt::print(stderr, "{}dsqbench: {}{}\n", colour ? "\033[31m" : "", error.what(), colour ? "\033[0m" : "");
    return static_cast<int>(error.code());
}

// CLI11 has exit codes of its own; ours are 0 for help and version, 2 for a wrong command line.
int report_usage(const CLI::App& app, const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "dsqbench: {}; see `dsqbench --help`\n", error.what());
    return static_cast<int>(ExitCode::usage);
}

std::vector<CLI::App*> commands_below(CLI::App& app) {
    return app.get_subcommands([](CLI::App*) { return true; });
}

void forget_environment(CLI::App& command) {
    for (CLI::Option* option : command.get_options({})) option->envname("");
    for (CLI::App* inner : commands_below(command)) forget_environment(*inner);
}

// CLI11 reads the environment for the commands that were not called too, and would write it over what the one that was
// called shares with them: the folders of the session, although they were given as options.
void keep_environment_to_the_called(CLI::App& app) {
    for (CLI::App* command : commands_below(app)) {
        keep_environment_to_the_called(*command);
        if (command->get_name() == completion_verb.name) continue;  // describes them all
        command->preparse_callback([&app, command](std::size_t) {
            for (CLI::App* other : commands_below(app))
                if (other != command) forget_environment(*other);
        });
    }
}

int run(int argc, char** argv) {
    Session session;
    session.program = std::filesystem::read_symlink("/proc/self/exe");
    CLI::App app{"Benchmark and reproduction suite for low-bit neural networks", "dsqbench"};
    app.set_version_flag("--version", "dsqbench " DSQBENCH_VERSION);
    app.require_subcommand(1);
    for (const Verb* verb : verbs()) {
        CLI::App* command = app.add_subcommand(verb->name, verb->summary);
        if (*verb->summary == '\0') command->group("");  // for the program's own child processes: not in the help
        verb->declare(*command, session);
    }
    keep_environment_to_the_called(app);
    catch_stop_signals();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return report_usage(app, error);
    } catch (const Error& error) {
        return report(error);
    } catch (const std::bad_alloc&) {
        return report(Error(ExitCode::failed, "out of memory"));
    } catch (const std::exception& error) {
        return report(Error(ExitCode::failed, fmt::format("internal error: {}", error.what()), "please report it"));
    }
    return static_cast<int>(session.exit_code);
}

}  // namespace
}  // namespace dsqbench

int main(int argc, char** argv) {
    return dsqbench::run(argc, argv);
}
