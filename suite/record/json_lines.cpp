#include "suite/record/json_lines.h"

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

nlohmann::json parse_or_discard(const std::string& line) {
    return nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
}

}  // namespace

JsonLines parse_json_lines(const std::string& bytes) {
    JsonLines lines;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t newline = bytes.find('\n', begin);
        const bool ended = newline != std::string::npos;
        const std::string line = bytes.substr(begin, ended ? newline - begin : newline);
        ++number;
        if (!trim(line).empty()) {
            auto value = parse_or_discard(line);
            if (!value.is_discarded())
                lines.whole.push_back({number, std::move(value)});
            else if (ended)
                lines.damaged.push_back(number);
            else
                lines.torn = TornLine{number, begin, line};
        }
        begin = ended ? newline + 1 : bytes.size();
    }
    return lines;
}

JsonLines read_json_lines(const std::filesystem::path& path) {
    return parse_json_lines(read_file(path));
}

void refuse_damage(const JsonLines& lines, const std::filesystem::path& path) {
    if (lines.damaged.empty()) return;
    throw Error(ExitCode::data, "this line is not JSON", "restore the file, or take the line out of it",
                place_of(path, lines.damaged.front()));
}

std::string to_line(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string place_of(const std::filesystem::path& path, std::size_t line) {
    return path.string() + ":" + std::to_string(line);
}

}  // namespace dsqbench
