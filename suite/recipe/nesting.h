// A bound on how deep a TOML text nests, checked before it is parsed: toml++ limits brackets (TOML_MAX_NESTED_VALUES),
// but 3.3 builds and destroys "a.a.a.a ... = 1" by recursion, and one line of a megabyte overflows the stack.
#pragma once

#include <string>
#include <string_view>

namespace dsqbench {

// Recipes are three levels deep.
inline constexpr int deepest_brackets = 16;
inline constexpr int most_dots_in_a_key = 16;

// Throws Error(recipe) with `place`:line when brackets nest deeper or a key has more dots. Text that is not valid TOML
// is read up to its first error exactly as a parser reads it, so what a parser sees is bounded in any case.
void check_nesting(std::string_view text, const std::string& place);

}  // namespace dsqbench
