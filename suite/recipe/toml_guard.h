// Keeps texts from toml++ that its versions in Debian (3.3, 3.4) do not survive or that are undefined behaviour in
// them:
// - nesting: it limits brackets (TOML_MAX_NESTED_VALUES), but builds and destroys "a.a.a.a ... = 1" by recursion, and
// one
//   line of a megabyte overflows the stack;
// - characters outside ASCII that it tests for being white space: is_non_ascii_horizontal_whitespace() runs into
//   __builtin_unreachable() from U+00A1 to U+0499.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// Recipes are three levels deep.
inline constexpr int deepest_brackets = 16;
inline constexpr int most_dots_in_a_key = 16;

// Throws Error(recipe) with `place`:line when brackets nest deeper, when a key has more dots, or when a character
// outside ASCII stands outside strings and comments (TOML 1.0 has none there) or after a line-ending backslash. Text
// that is not valid TOML is read up to its first error as a parser reads it, so what the parser sees is checked in any
// case. `text` must be UTF-8.
void guard_toml(std::string_view text, const std::string& place);

}  // namespace dsqbench
