// Settings from the command line.
#pragma once

#include <string>
#include <vector>

#include "suite/recipe/recipe.h"

namespace dsqbench {

// Sets what "key=value" says. The value is TOML; what is not TOML, or is meant for a text, is taken as text as it
// stands
// ("training.schedule=step", "seeds=0"), and a list of texts may be written "contenders=ste,dsq". Throws Error(recipe);
// Error(usage) when there is no "=".
void apply_override(Recipe& recipe, const std::string& text, const std::string& origin = "--set");

// What "key=v1,v2" offers, as overrides: "key=v1", "key=v2". Commas inside brackets and quotes do not separate. Throws
// Error(usage).
std::vector<std::string> sweep_overrides(const std::string& sweep);

}  // namespace dsqbench
