// `dsqbench regressions`: the newest commit against the nights before it. Ends with exit code 6 when one is certain.
#include <algorithm>
#include <memory>

#include "suite/cli/verbs.h"
#include "suite/record/row_line.h"
#include "suite/report/nights.h"

namespace dsqbench {

namespace {

struct RegressionOptions {
    std::string commit, machine;
    std::size_t nights = 14;
    bool suspect = false;
};

void regressions(const RegressionOptions& options, Session& session) {
    NightRecord record;
    ResultStore(session.results_folder).visit([&](const RowLine& line) {
        if (options.machine.empty() || line.text("machine") == options.machine) record.add(line);
    });
    const auto alarms = record.alarms(options.commit, options.nights);
    if (session.json)
        print_json(to_json(alarms));
    else
        print_result(format_text(alarms));
    const bool alarmed = std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
        return options.suspect || alarm.standing == Alarm::Standing::certain;
    });
    if (alarmed) session.exit_code = ExitCode::regression;
}

void declare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<RegressionOptions>();
    add_option(command, "--commit", options->commit, "the commit to judge; that of the newest row without it");
    add_option(command, "--machine", options->machine, "only rows of this machine");
    add_option(command, "--nights", options->nights, "how many commits before it count")->capture_default_str();
    add_flag(command, "--suspect", options->suspect, "end with exit code 6 for a suspicion too");
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_json_flag(command, session);
    command.callback([options, &session] { regressions(*options, session); });
}

}  // namespace

const Verb regressions_verb{"regressions", "the newest commit against the nights before it", declare};

}  // namespace dsqbench
