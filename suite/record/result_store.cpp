#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <unordered_set>

#include "suite/core/clock.h"
#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/record/json_lines.h"
#include "suite/record/provenance.h"
#include "suite/record/row_line.h"

namespace dsqbench {

namespace {

using Path = std::filesystem::path;

std::string row_id_of(Row row) {
    row.erase("row_id");
    return sha256_hex(to_line(row));
}

bool is_month(const std::string& text) {  // "2026-11"
    if (text.size() != 7 || text[4] != '-') return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == '-' || std::isdigit(static_cast<unsigned char>(c)); });
}

bool is_month_file(const Path& path) {
    return path.extension() == ".jsonl" && is_month(path.stem().string());
}

std::vector<Path> entries_of(const Path& folder) {
    std::vector<Path> entries;
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

std::vector<Path> month_files(const Path& machine_folder) {
    std::vector<Path> files = entries_of(machine_folder);
    files.erase(std::remove_if(files.begin(), files.end(), [](const Path& file) { return !is_month_file(file); }),
                files.end());
    return files;
}

// One that visit_file() does not skip.
bool holds_line(const Path& file) {
    bool found = false;
    visit_lines(file, [&](std::string_view line, std::size_t, bool ended) {
        found = found || ended || nlohmann::json::accept(line);
    });
    return found;
}

bool holds_rows(const Path& machine_folder) {
    const auto files = month_files(machine_folder);
    return std::any_of(files.begin(), files.end(), holds_line);
}

void add_where_absent(Row& row, const std::string& field, const nlohmann::json& value) {
    if (!row.contains(field) || row[field].is_null()) row[field] = value;
}

// <folder>/<machine>/<yyyy-mm>.jsonl, for a machine and a month that are fit to be file names.
Path file_of(const Row& row, const Path& folder) {
    const std::string machine = row["machine"], month = row["time"].get<std::string>().substr(0, 7);
    if (machine != as_machine_name(machine))
        throw Error(ExitCode::data, "'" + machine + "' is no name for a machine",
                    "use lower-case letters, digits and '-'");
    if (!is_month(month))
        throw Error(ExitCode::data, "'" + row["time"].get<std::string>() + "' is no time", "as 2026-11-23T09:41:07Z");
    return folder / machine / (month + ".jsonl");
}

bool agree(const Row& a, const Row& b, const char* field) {
    return a.contains(field) && b.contains(field) && a[field] == b[field];
}

bool is_same_measurement(const Row& a, const Row& b) {
    if (!a.is_object() || !b.is_object()) return false;
    if (agree(a, b, "row_id")) return true;
    // A row of a shortened run must not keep the full run's out, hence "publishable".
    for (const char* field : {"kind", "commit", "publishable"})
        if (!agree(a, b, field)) return false;
    const auto& identity = identity_fields(text_of(a, "kind"));
    return !identity.empty() && std::all_of(identity.begin(), identity.end(), [&](const std::string& field) {
        return a.value(field, nlohmann::json()) == b.value(field, nlohmann::json());
    });
}

// memmem: string_view::find stops at every quote on the way.
bool holds(std::string_view line, std::string_view part) {
    return ::memmem(line.data(), line.size(), part.data(), part.size()) != nullptr;
}

// Damage in older files is no reason to lose a new row: read() reports it. Only lines that name the row's commit or id
// are built: a store of a million rows takes one more in a second.
bool holds_measurement(const Path& machine_folder, const Row& row) {
    const std::string commit = row["commit"].dump(), id = row["row_id"].dump();
    bool found = false;
    for (const auto& file : month_files(machine_folder))
        visit_lines(file, [&](std::string_view line, std::size_t, bool) {
            if (found || (!holds(line, commit) && !holds(line, id))) return;
            found = is_same_measurement(nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false), row);
        });
    return found;
}

// A torn line becomes a damaged one as soon as another is written after it, so it moves to <file>.torn first.
void set_torn_line_aside(const Path& file) {
    if (!std::filesystem::exists(file)) return;
    std::string last;
    std::size_t number = 0;
    visit_lines(file, [&](std::string_view line, std::size_t of_line, bool ended) {
        if (ended || nlohmann::json::accept(line)) return;
        last = line;
        number = of_line;
    });
    if (last.empty()) return;
    const Path aside = file.string() + ".torn";
    append_line(aside, last);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - last.size());
    fmt::print(stderr, "dsqbench: note: {}: moved an unfinished line to {}\n", place_of(file, number), aside.string());
}

void check_stored(const Row& row, const std::string& place) {
    if (!row.is_object()) throw Error(ExitCode::data, "a row must be a JSON object", {}, place);
    const auto version = row.value("schema_version", nlohmann::json());
    if (version != row_schema_version)
        throw Error(ExitCode::data, fmt::format("schema version {} is not {}", version.dump(), row_schema_version),
                    "read it with the release that wrote it", place);
    check_row(row, place);
    if (row["row_id"] != row_id_of(row))
        throw Error(ExitCode::data, "the row was changed after it was written: its row_id does not fit",
                    "restore it; rows are measured, never edited", place);
}

// A line that is not written as to_line() writes it, or does not fit its id, is looked at thoroughly: it is an error,
// or a good row in another layout, which `rewritten` then holds as it should be.
void assign_slowly(RowLine& row, std::string_view line, std::string& rewritten, const std::string& place) {
    const auto value = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (value.is_discarded())
        throw Error(ExitCode::data, "this line is not JSON", "restore the file, or take the line out of it", place);
    check_stored(value, place);
    rewritten = to_line(value);
    if (!row.assign(rewritten, place)) throw Error(ExitCode::data, "holds a list or a table", {}, place);
}

// The first 128 bits of row_ids, which do not collide.
struct RowIdStart {
    std::uint64_t first = 0, second = 0;
    bool operator==(const RowIdStart&) const = default;
};

struct HashOfRowId {  // a row_id is a hash
    std::size_t operator()(const RowIdStart& id) const { return id.first; }
};

using RowIds = std::unordered_set<RowIdStart, HashOfRowId>;

// Of a genuine row.
bool is_new(const RowLine& row, RowIds& seen) {
    const std::string_view id = row.json("row_id")->substr(1, 32);
    RowIdStart start;
    std::from_chars(id.data(), id.data() + 16, start.first, 16);
    std::from_chars(id.data() + 16, id.data() + 32, start.second, 16);
    return seen.insert(start).second;
}

using RowPredicate = std::function<bool(const RowLine&)>;

bool any_row(const RowLine&) {
    return true;
}

// Every line is taken apart into its fields; hashing it costs several times as much, and is for wanted rows alone.
void visit_file(const Path& file, RowIds& seen, const RowPredicate& wanted, const RowVisitor& visit) {
    RowLine row;
    std::string rewritten;
    const std::string version = std::to_string(row_schema_version);
    visit_lines(file, [&](std::string_view line, std::size_t number, bool ended) {
        const std::string place = place_of(file, number);
        const bool torn = !ended && !nlohmann::json::accept(line);
        if (torn) {
            fmt::print(stderr, "dsqbench: note: {}: skipped an unfinished line\n", place);
            return;
        }
        const bool as_written = row.assign(line, place) && row.json("schema_version") == version;
        if (as_written && !wanted(row)) return;
        if (!as_written || !row.is_genuine()) assign_slowly(row, line, rewritten, place);
        if (wanted(row) && is_new(row, seen)) visit(row);
    });
}

}  // namespace

Row complete_row(Row row) {
    if (!row.is_object()) throw Error(ExitCode::data, "a row must be a JSON object");
    const BuildInfo build = build_info();
    add_where_absent(row, "schema_version", row_schema_version);
    add_where_absent(row, "time", utc_now());
    add_where_absent(row, "machine", machine_name());
    add_where_absent(row, "commit", build.commit);
    add_where_absent(row, "version", build.version);
    add_where_absent(row, "compiler", build.compiler);
    for (auto& value : row)
        if (value.is_number_float() && !std::isfinite(value.get<double>())) value = nullptr;
    add_where_absent(row, "row_id", row_id_of(row));
    return row;
}

std::vector<Row> read_rows(const Path& file) {
    std::vector<Row> rows;
    RowIds seen;
    visit_file(file, seen, any_row, [&](const RowLine& line) { rows.push_back(line.row()); });
    return rows;
}

ResultStore ResultStore::with_rows(const Path& folder) {
    const auto refuse = [&](const char* message, const char* hint) {
        throw Error(ExitCode::data, message, hint, folder.string());
    };
    if (!std::filesystem::exists(folder))
        refuse("there is no such folder of result rows", "is --results spelled right? its first row makes it");
    if (!std::filesystem::is_directory(folder)) refuse("is no folder of result rows", "give the folder, not a file");
    if (holds_rows(folder)) refuse("is the folder of one machine's rows", "give the one above it");
    const auto machines = entries_of(folder);
    if (std::none_of(machines.begin(), machines.end(), holds_rows))
        refuse("holds no result row", "they are in <machine>/<yyyy-mm>.jsonl below the folder of results");
    return ResultStore(folder);
}

bool ResultStore::append(const Row& given) {
    const Row row = complete_row(given);
    check_row(row, "new row");
    const Path file = file_of(row, folder_);
    const FileLock lock(folder_ / ".lock", "the results", FileLock::Busy::wait);
    if (holds_measurement(file.parent_path(), row)) return false;
    set_torn_line_aside(file);
    append_line(file, to_line(row));
    return true;
}

void ResultStore::visit(const RowVisitor& visit) const {
    RowIds seen;
    for (const auto& machine : entries_of(folder_))
        for (const auto& file : month_files(machine)) visit_file(file, seen, any_row, visit);
}

std::vector<Row> ResultStore::read() const {
    std::vector<Row> rows;
    visit([&](const RowLine& line) { rows.push_back(line.row()); });
    return rows;
}

std::vector<Row> ResultStore::read_where(const std::function<bool(const RowLine&)>& wanted) const {
    std::vector<Row> rows;
    RowIds seen;
    for (const auto& machine : entries_of(folder_))
        for (const auto& file : month_files(machine))
            visit_file(file, seen, wanted, [&](const RowLine& line) { rows.push_back(line.row()); });
    return rows;
}

}  // namespace dsqbench
