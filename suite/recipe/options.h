// Tables whose keys the recipe layer does not know: options of quantizers and tricks, expected results.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "suite/recipe/schema.h"

namespace dsqbench {

// Lays `value` over `table`, the value of `key` (of type options or option_tables): over all of it where `option` is
// "", else over the table or single option of that name. What `value` does not name stays. For a table of
// option_tables, false removes it and true makes it without options. Throws Error(recipe) at `place`, and then `table`
// is unchanged.
void merge_options(nlohmann::json& table, const KeyPath& path, const nlohmann::json& value, const std::string& place);

}  // namespace dsqbench
