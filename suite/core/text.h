// Small text services that every layer shares: suggestions for misspelt names, joining, splitting.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dsqbench {

// Levenshtein distance with transpositions counted as one edit.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Known names near `name`, best first, at most three; empty when nothing is close.
std::vector<std::string> nearest_names(std::string_view name, const std::vector<std::string>& known);

// "did you mean 'a' or 'b'?", or "known: a, b, c" when nothing is close, or "" when nothing is known.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

// Is `text` well-formed UTF-8 (no surrogates, no overlong forms)?
bool is_utf8(std::string_view text);

}  // namespace dsqbench
