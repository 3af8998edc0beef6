// `dsqbench run`: trains every contender of a recipe under one protocol and prints the comparison.
#include <algorithm>

#include "suite/cli/comparisons.h"
#include "suite/cli/run_requests.h"
#include "suite/cli/verbs.h"

namespace dsqbench {

namespace {

bool diverged(const Row& row) {
    return text_of(row, "outcome") != "finished";
}

void run(const RunArguments& arguments, Session& session) {
    const Trained trained =
        train_requests(run_requests(arguments, session), arguments.launch, ProgressOf::every_run, session);
    print_comparisons(compare_by_protocol(trained.rows), TableFormat::terminal, session);
    session.exit_code = trained.exit_code;
    if (trained.exit_code == ExitCode::ok && std::any_of(trained.rows.begin(), trained.rows.end(), diverged))
        session.exit_code = ExitCode::numeric;
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<RunArguments>();
    add_run_options(command, *arguments);
    add_progress_options(command, arguments->launch);
    add_folder_options(command, session);
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb run_verb{"run", "train the contenders of a recipe and compare them", declare};

}  // namespace dsqbench
