// The one schema of a result row, and the append-only store of rows.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dsqbench {

// One line a field: readers, printers, results/schema/ and docs are made from this table.
struct RowField {
    std::string name, type, unit;  // type: text, integer, real, boolean
    std::string direction;         // "higher", "lower" or "" when neither is better
    bool required = false;
    std::string meaning;
};

const std::vector<RowField>& row_fields();
nlohmann::json row_json_schema();  // JSON Schema made from the table, for results/schema/row.json

using Row = nlohmann::json;  // an object; null or absent for an unset optional field

// Throws Error(data) for an unknown field, a missing required one, or a wrong type.
void check_row(const Row& row, const std::string& place);

class ResultStore {
public:
    explicit ResultStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Adds schema_version, time and a row_id (SHA-256 of the rest) where absent, checks, and appends to
    // <folder>/<machine>/<yyyy-mm>.jsonl under a lock. A row with the same recipe_id, seed and commit as one that is
    // there already is left out; returns whether it was written.
    bool append(Row row);

    // All rows of all machines in file order. A torn last line is skipped with a note on stderr; a foreign
    // schema_version or a damaged line is Error(data) with file:line.
    std::vector<Row> read() const;

private:
    std::filesystem::path folder_;
};

}  // namespace dsqbench
