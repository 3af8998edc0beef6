// `dsqbench export`: the stored rows, or a run's metrics, for other tools.
#include "suite/report/export.h"

#include <fmt/format.h>

#include <memory>

#include "suite/cli/verbs.h"
#include "suite/core/file_system.h"
#include "suite/record/run_directory.h"
#include "suite/report/tensorboard.h"

namespace dsqbench {

namespace {

using Exporter = std::size_t (*)(const ResultStore&, const std::filesystem::path&);

void export_rows(Exporter exporter, const std::filesystem::path& file, const Session& session) {
    const std::size_t rows = exporter(ResultStore::with_rows(session.results_folder), file);
    if (session.json) return print_json({{"file", file.string()}, {"rows", rows}});
    print_result(fmt::format("{}: {} rows", file.string(), rows));
}

// What a service draws trends of is the newest number of each case.
std::size_t export_numbers(const ResultStore& store, const std::filesystem::path& file,
                           nlohmann::json (*format)(const Leaderboard&)) {
    LeaderboardBuilder builder;
    store.visit([&](const RowLine& row) { builder.add(row); });
    const nlohmann::json numbers = format(builder.build({}));
    write_file_atomically(file, numbers.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    return numbers.size();
}

std::size_t export_for_github(const ResultStore& store, const std::filesystem::path& file) {
    return export_numbers(store, file, github_action_benchmark);
}

std::size_t export_for_bencher(const ResultStore& store, const std::filesystem::path& file) {
    return export_numbers(store, file, bencher_metrics);
}

// TensorBoard shows a folder of such files as runs, each by the folder that it is in.
void export_run(const std::filesystem::path& run, const std::filesystem::path& folder, const Session& session) {
    if (!is_run_directory(run))
        throw Error(ExitCode::data, "is no run directory", "dsqbench run makes them", run.string());
    std::vector<nlohmann::json> epochs;
    for (const auto& line : read_metrics(run))
        if (line.value("event", "") == "epoch") epochs.push_back(line);
    const auto name = std::filesystem::absolute(run).lexically_normal();
    const auto file =
        folder / (name.has_filename() ? name : name.parent_path()).filename() / "events.out.tfevents.dsqbench";
    write_file_atomically(file, format_tensorboard(epochs));
    if (session.json) return print_json({{"file", file.string()}, {"epochs", epochs.size()}});
    print_result(fmt::format("{}: {} epochs", file.string(), epochs.size()));
}

void declare_tensorboard(CLI::App& command, Session& session) {
    const auto run = std::make_shared<std::filesystem::path>(), folder = std::make_shared<std::filesystem::path>();
    command.add_option("run", *run, "run directory")->required();
    command.add_option("folder", *folder, "that `tensorboard --logdir` is given; the run's file there is replaced")
        ->required();
    add_json_flag(command, session);
    command.callback([run, folder, &session] { export_run(*run, *folder, session); });
}

void declare_format(CLI::App& command, Session& session, Exporter exporter) {
    const auto file = std::make_shared<std::filesystem::path>();
    command.add_option("file", *file, "file to write, which is replaced")->required();
    add_option(command, "--results", session.results_folder, "folder of result rows")->capture_default_str();
    add_json_flag(command, session);
    command.callback([file, exporter, &session] { export_rows(exporter, *file, session); });
}

void declare(CLI::App& command, Session& session) {
    command.require_subcommand(1);
    declare_format(*command.add_subcommand("csv", "one line a row, a column a field"), session, export_csv);
    declare_format(*command.add_subcommand("sqlite", "a database with one table, rows"), session, export_sqlite);
    declare_format(*command.add_subcommand("github-action-benchmark", "the newest numbers, for customSmallerIsBetter"),
                   session, export_for_github);
    declare_format(*command.add_subcommand("bencher", "the newest numbers, in Bencher's metric format"), session,
                   export_for_bencher);
    declare_tensorboard(*command.add_subcommand("tensorboard", "a run's metrics as event file"), session);
}

}  // namespace

const Verb export_verb{"export", "write the stored rows, or a run's metrics, for other tools", declare};

}  // namespace dsqbench
