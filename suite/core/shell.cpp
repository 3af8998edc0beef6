#include "suite/core/shell.h"

#include <algorithm>
#include <cctype>

namespace dsqbench {

std::string shell_quoted(std::string_view text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
    return result + "'";
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view harmless = "_-./=,+:@%";
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || harmless.find(c) != std::string_view::npos;
    });
    return plain ? std::string(text) : shell_quoted(text);
}

}  // namespace dsqbench
