#include "suite/report/row_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/core/error.h"
#include "suite/record/run_directory.h"

namespace dsqbench {

namespace {

using Path = std::filesystem::path;

constexpr const char* unfinished_hint = "run its recipe again: it goes on from the checkpoint";

Row row_of(const Path& run, const nlohmann::json& result) {
    const std::string place = (run / "result.json").string();
    if (!result.contains("row"))
        throw Error(ExitCode::data, "has no row", "remove the run directory and run again", place);
    const Row row = complete_row(result["row"]);
    check_row(row, place);
    return row;
}

std::vector<Row> rows_of_run(const Path& run) {
    const auto result = read_result(run);
    if (!result) throw Error(ExitCode::data, "the run has not finished", unfinished_hint, run.string());
    return {row_of(run, *result)};
}

std::vector<Path> run_directories_in(const Path& folder) {
    std::vector<Path> runs;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (is_run_directory(entry.path())) runs.push_back(entry.path());
    std::sort(runs.begin(), runs.end());
    return runs;
}

std::vector<Row> rows_of_runs(const std::vector<Path>& runs) {
    std::vector<Row> rows;
    for (const auto& run : runs)
        if (const auto result = read_result(run))
            rows.push_back(row_of(run, *result));
        else
            fmt::print(stderr, "dsqbench: note: {}: the run has not finished; {}\n", run.string(), unfinished_hint);
    return rows;
}

std::vector<Row> rows_of_folder(const Path& folder) {
    if (is_run_directory(folder)) return rows_of_run(folder);
    const auto runs = run_directories_in(folder);
    return runs.empty() ? ResultStore(folder).read() : rows_of_runs(runs);
}

}  // namespace

std::vector<Row> load_rows(const Path& path) {
    if (!std::filesystem::exists(path)) throw Error(ExitCode::data, "does not exist", {}, path.string());
    auto rows = std::filesystem::is_directory(path) ? rows_of_folder(path) : read_rows(path);
    if (rows.empty())
        throw Error(ExitCode::data, "holds no result row",
                    "name a run directory, a folder of them, a results folder, or a .jsonl file", path.string());
    return rows;
}

}  // namespace dsqbench
