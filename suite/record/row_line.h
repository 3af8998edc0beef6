// A stored row as the line that holds it: fields are slices of the line, nothing is copied or built. A million rows are
// read in seconds so, and take no memory.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suite/record/row.h"

namespace dsqbench {

class RowLine {
public:
    // Takes one flat JSON object as to_line() writes it (keys sorted, no white space). False when `line` is anything
    // else; what it holds is then undefined. `line` must outlive the use.
    bool assign(std::string_view line, std::string_view place);

    // The JSON of a field; nullopt when it is absent or null.
    std::optional<std::string_view> json(std::string_view field) const;
    std::string text(std::string_view field) const;  // "" when it is unset or no text
    std::optional<double> real(std::string_view field) const;
    std::optional<std::uint64_t> integer(std::string_view field) const;
    bool is_true(std::string_view field) const;

    // All of it; throws Error(data) at file:line where check_row() does.
    Row row() const;
    const std::string& place() const { return place_; }  // file:line
    std::string_view line() const { return line_; }

    // Is the row_id the SHA-256 of the rest?
    bool is_genuine() const;

private:
    std::string_view line_;
    std::string place_;
    std::vector<std::pair<std::string_view, std::string_view>> fields_;  // name without quotes, JSON
};

using RowVisitor = std::function<void(const RowLine&)>;
using LineVisitor = std::function<void(std::string_view line, std::size_t number, bool ended)>;

// Calls `visit` for every line that is not blank, in order, reading in pieces. Throws Error(data) when the file cannot
// be read, or at file:line for a line of more than 16 MiB.
void visit_lines(const std::filesystem::path& file, const LineVisitor& visit);

}  // namespace dsqbench
