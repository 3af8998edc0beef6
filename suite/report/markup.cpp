#include "suite/report/markup.h"

#include <charconv>

#include "suite/core/text.h"

namespace dsqbench {

namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";

std::size_t length_of_character(char first) {
    const auto byte = static_cast<unsigned char>(first);
    if (byte < 0x80) return 1;
    if (byte >= 0xF0) return 4;
    return byte >= 0xE0 ? 3 : 2;
}

void append_escaped(std::string& to, char c) {
    switch (c) {
        case '&':
            to += "&amp;";
            return;
        case '<':
            to += "&lt;";
            return;
        case '>':
            to += "&gt;";
            return;
        case '"':
            to += "&quot;";
            return;
        case '\'':
            to += "&#39;";
            return;
        default:
            break;
    }
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (control || c == 0x7F)
        to += replacement;
    else
        to += c;
}

bool is_number(const std::string& text) {
    const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
    const char* end = text.data() + text.size();
    double value = 0;
    const auto [stop, failure] = std::from_chars(begin, end, value);
    return failure == std::errc() && stop == end;
}

}  // namespace

std::string escape_markup(std::string_view text) {
    std::string escaped;
    while (!text.empty()) {
        const std::string_view character = text.substr(0, length_of_character(text.front()));
        if (!is_utf8(character)) {
            escaped += replacement;
            text.remove_prefix(1);
            continue;
        }
        if (character.size() == 1)
            append_escaped(escaped, character.front());
        else
            escaped += character;
        text.remove_prefix(character.size());
    }
    return escaped;
}

std::string csv_cell(std::string_view text) {
    std::string cell(text);
    // What a spreadsheet would compute; a number with a sign is one.
    if (!cell.empty() && std::string_view("=@+-\t\r").find(cell[0]) != std::string_view::npos && !is_number(cell))
        cell = "'" + cell;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

}  // namespace dsqbench
