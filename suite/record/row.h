// The one schema of a result row, and the append-only store of rows.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dsqbench {

constexpr int row_schema_version = 1;

enum class Presence { required, optional };

// One line a field: readers, printers, results/schema/ and docs are made from this table.
struct RowField {
    std::string name, type, unit;  // type: text, integer (never negative), real (finite), boolean
    std::string direction;         // "higher", "lower" or "" when neither is better
    Presence presence = Presence::optional;
    std::string meaning;
    std::vector<std::string> choices{};  // for text; empty means any
    std::vector<std::string> kinds{};    // of row that have the field; empty means every kind
};

const std::vector<RowField>& row_fields();
const RowField& row_field(const std::string& name);  // throws Error(usage) with suggestions when there is none
nlohmann::json row_json_schema();                    // JSON Schema made from the table, for results/schema/row.json

// What, beside kind, commit, machine and publishable, makes two rows of a kind the same measurement; empty when none of
// that kind ever are.
const std::vector<std::string>& identity_fields(const std::string& kind);

using Row = nlohmann::json;  // an object; null or absent for an unset optional field

// A text field; "" when it is unset.
std::string text_of(const Row& row, const std::string& field);

// A number; nullopt when it is unset.
std::optional<double> real_of(const Row& row, const std::string& field);

// Throws Error(data) for an unknown field, a missing required one, or a wrong type.
void check_row(const Row& row, const std::string& place);

// Adds schema_version, time, machine, commit, version, compiler and a row_id (SHA-256 of the rest) where absent, and
// stores NaN as unset.
Row complete_row(Row row);

// Rows of one file. A torn last line is skipped with a note on stderr, a row that is there twice (a merge) counts once;
// a foreign schema_version, a row that was changed after it was written, or a damaged line is Error(data) with
// file:line.
std::vector<Row> read_rows(const std::filesystem::path& file);

class RowLine;

class ResultStore {
public:
    explicit ResultStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // For a reader that has nothing to say without rows, as its output would replace a good one: throws Error(data)
    // when the folder is missing, is no folder, or holds no row.
    static ResultStore with_rows(const std::filesystem::path& folder);

    // Completes and checks the row, and appends it to <folder>/<machine>/<yyyy-mm>.jsonl under a lock. The same
    // measurement (identity_fields) of the same commit and machine that is there already is left out; returns whether
    // it was written.
    bool append(const Row& row);

    // All rows of all machines in file order, as by read_rows.
    std::vector<Row> read() const;

    // The same one by one, without keeping them; see row_line.h.
    void visit(const std::function<void(const RowLine&)>& visit) const;

    // Those that are `wanted`, several times as fast as read(). What read() refuses is refused, but for rows that are
    // not wanted and were changed within their layout: whether their row_id still fits is not looked at.
    std::vector<Row> read_where(const std::function<bool(const RowLine&)>& wanted) const;

private:
    std::filesystem::path folder_;
};

}  // namespace dsqbench
