// What people read about recipes: the reference of all keys (docs/recipes.md), and a recipe's values with their
// origins.
#pragma once

#include <string>
#include <vector>

#include "suite/recipe/recipe.h"

namespace dsqbench {

// The whole of docs/recipes.md, made from the schema.
std::string recipe_reference();

// One line of `show recipe`. Options inside tables have lines of their own; an empty table has one.
struct ListedValue {
    std::string name;
    nlohmann::json value;
    std::string origin;
    const Key* key;
};

// In the schema's order.
std::vector<ListedValue> listed_values(const Recipe& recipe);

// "epochs, an integer from 1 to 10000: how often every training image is seen"
std::string explanation(const Key& key);

}  // namespace dsqbench
