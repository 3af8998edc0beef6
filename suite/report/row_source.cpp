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

// "results@0123abc" or "results@my-board": rows of commits that begin so, or of that machine.
struct Selection {
    Path source;
    std::string name;  // "" selects all
};

Selection selection_of(const Path& path) {
    const std::string text = path.string();
    const auto at = text.rfind('@');
    if (at == std::string::npos || std::filesystem::exists(path)) return {path, {}};
    return {text.substr(0, at), text.substr(at + 1)};
}

bool is_selected(const Row& row, const std::string& name) {
    constexpr std::size_t shortest_commit = 4;
    if (name.empty() || text_of(row, "machine") == name) return true;
    return name.size() >= shortest_commit && text_of(row, "commit").compare(0, name.size(), name) == 0;
}

std::vector<Row> selected(std::vector<Row> rows, const Selection& selection) {
    const bool had_rows = !rows.empty();
    rows.erase(
        std::remove_if(rows.begin(), rows.end(), [&](const Row& row) { return !is_selected(row, selection.name); }),
        rows.end());
    if (had_rows && rows.empty())
        throw Error(ExitCode::data, "holds no row of a commit or machine '" + selection.name + "'",
                    "after '@' stands the beginning of a commit, at least 4 digits, or the name of a machine",
                    selection.source.string());
    return rows;
}

}  // namespace

std::vector<Row> load_rows(const Path& named) {
    const Selection selection = selection_of(named);
    const Path& path = selection.source;
    if (!std::filesystem::exists(path)) throw Error(ExitCode::data, "does not exist", {}, path.string());
    auto rows = selected(std::filesystem::is_directory(path) ? rows_of_folder(path) : read_rows(path), selection);
    if (rows.empty())
        throw Error(ExitCode::data, "holds no result row",
                    "name a run directory, a folder of them, a results folder, or a .jsonl file", path.string());
    return rows;
}

}  // namespace dsqbench
