#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "suite/core/clock.h"
#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/record/json_lines.h"
#include "suite/record/provenance.h"
#include "suite/record/row.h"

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

// Damage in older files is no reason to lose a new row: read() reports it.
bool holds_measurement(const Path& machine_folder, const Row& row) {
    for (const auto& file : month_files(machine_folder))
        for (const auto& line : read_json_lines(file).whole)
            if (is_same_measurement(line.value, row)) return true;
    return false;
}

// A torn line becomes a damaged one as soon as another is written after it, so it moves to <file>.torn first.
void set_torn_line_aside(const Path& file) {
    if (!std::filesystem::exists(file)) return;
    const auto torn = read_json_lines(file).torn;
    if (!torn) return;
    const Path aside = file.string() + ".torn";
    append_line(aside, torn->text);
    std::filesystem::resize_file(file, torn->offset);
    fmt::print(stderr, "dsqbench: note: {}: moved an unfinished line to {}\n", place_of(file, torn->number),
               aside.string());
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
    const JsonLines lines = read_json_lines(file);
    refuse_damage(lines, file);
    if (lines.torn)
        fmt::print(stderr, "dsqbench: note: {}: skipped an unfinished line\n", place_of(file, lines.torn->number));
    std::vector<Row> rows;
    std::set<std::string> seen;
    for (const auto& line : lines.whole) {
        check_stored(line.value, place_of(file, line.number));
        if (seen.insert(line.value["row_id"]).second) rows.push_back(line.value);
    }
    return rows;
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

std::vector<Row> ResultStore::read() const {
    std::vector<Row> rows;
    for (const auto& machine : entries_of(folder_))
        for (const auto& file : month_files(machine)) {
            auto more = read_rows(file);
            rows.insert(rows.end(), more.begin(), more.end());
        }
    return rows;
}

}  // namespace dsqbench
