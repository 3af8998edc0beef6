// `dsqbench regressions`: the newest commit against the nights before it. Ends with exit code 6 when one is certain.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "suite/cli/verbs.h"
#include "suite/core/text.h"
#include "suite/record/row_line.h"
#include "suite/report/nights.h"

namespace dsqbench {

namespace {

struct RegressionOptions {
    std::string commit, machine;
    std::size_t nights = 14;
    bool suspect = false;
};

std::string of_machine(const RegressionOptions& options) {
    return options.machine.empty() ? "" : " of machine '" + options.machine + "'";
}

// The rows that count, or why there are none: a gate that judges nothing must not look like one that is content.
void read_rows_into(NightRecord& record, const RegressionOptions& options, const std::filesystem::path& folder) {
    std::set<std::string> machines;
    ResultStore::with_rows(folder).visit([&](const RowLine& line) {
        machines.insert(line.text("machine"));
        if (options.machine.empty() || line.text("machine") == options.machine) record.add(line);
    });
    if (!options.machine.empty() && machines.count(options.machine) == 0)
        throw Error(ExitCode::data, "holds no row of machine '" + options.machine + "'",
                    suggestion(options.machine, {machines.begin(), machines.end()}), folder.string());
    if (record.commits().empty())
        throw Error(ExitCode::data, "holds no publishable row" + of_machine(options),
                    "others are not judged; their field unpublishable_reason says what keeps them from it",
                    folder.string());
}

bool begins(const std::string& commit, const std::string& beginning) {
    return commit.starts_with(beginning.substr(0, beginning.find("-dirty"))) &&
           commit.ends_with("-dirty") == beginning.ends_with("-dirty");
}

// "0123456789ab" or "0123456789ab-dirty", as reports have them, or all of it.
std::string commit_that_begins(const std::string& beginning, const NightRecord& record,
                               const RegressionOptions& options, const std::filesystem::path& folder) {
    constexpr std::size_t shortest = 4;
    std::vector<std::string> found;
    for (const auto& commit : record.commits())
        if (commit == beginning || (beginning.size() >= shortest && begins(commit, beginning))) found.push_back(commit);
    if (found.size() > 1)
        throw Error(ExitCode::data, "'" + beginning + "' is the beginning of several commits", join(found, ", "),
                    folder.string());
    if (found.empty())
        throw Error(
            ExitCode::data, "holds no publishable row of commit '" + beginning + "'" + of_machine(options),
            "name the beginning of one, at least 4 digits; the newest is " + record.newest_commit().substr(0, 12),
            folder.string());
    return found.front();
}

void regressions(const RegressionOptions& options, Session& session) {
    NightRecord record;
    read_rows_into(record, options, session.results_folder);
    const std::string commit = options.commit.empty()
                                   ? record.newest_commit()
                                   : commit_that_begins(options.commit, record, options, session.results_folder);
    const NightReport report = record.report(commit, options.nights);
    if (session.json) {
        fmt::print(stderr, "dsqbench: note: {}", comparison_text(report));
        print_json(to_json(report.alarms));
    } else {
        print_result(format_text(report));
    }
    const bool alarmed = std::any_of(report.alarms.begin(), report.alarms.end(), [&](const Alarm& alarm) {
        return options.suspect || alarm.standing == Alarm::Standing::certain;
    });
    if (alarmed) session.exit_code = ExitCode::regression;
}

void declare(CLI::App& command, Session& session) {
    const auto options = std::make_shared<RegressionOptions>();
    add_option(command, "--commit", options->commit,
               "the commit to judge, or its first digits; that of the newest row without it");
    add_option(command, "--machine", options->machine, "only rows of this machine");
    add_option(command, "--nights", options->nights, "how many commits before it count")
        ->check(at_least(1))
        ->capture_default_str();
    add_flag(command, "--suspect", options->suspect, "end with exit code 6 for a suspicion too");
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_json_flag(command, session);
    command.callback([options, &session] { regressions(*options, session); });
}

}  // namespace

const Verb regressions_verb{"regressions", "the newest commit against the nights before it", declare};

}  // namespace dsqbench
