// Files of one JSON value a line, appended to by processes that may die at any moment.
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dsqbench {

struct JsonLine {
    std::size_t number = 0;  // from 1
    nlohmann::json value;
};

// A last line without its newline that is not JSON: what a killed process leaves.
struct TornLine {
    std::size_t number = 0;
    std::size_t offset = 0;  // of its first byte in the file
    std::string text;
};

struct JsonLines {
    std::vector<JsonLine> whole;
    std::vector<std::size_t> damaged;  // numbers of ended lines that are not JSON; blank lines are no lines
    std::optional<TornLine> torn;
};

JsonLines parse_json_lines(const std::string& bytes);
JsonLines read_json_lines(const std::filesystem::path& path);  // throws Error(data) when it cannot be read

// Throws Error(data) at file:line for the first damaged line.
void refuse_damage(const JsonLines& lines, const std::filesystem::path& path);

// One line, keys sorted, shortest numbers that read back the same; NaN and infinity become null, bytes that are not
// UTF-8 the replacement character.
std::string to_line(const nlohmann::json& value);

// "file:line"
std::string place_of(const std::filesystem::path& path, std::size_t line);

}  // namespace dsqbench
