// Any bytes are either refused with Error(recipe) or a recipe that survives its canonical form.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "suite/core/error.h"
#include "suite/recipe/documentation.h"
#include "suite/recipe/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace dsqbench;
    Recipe recipe;
    try {
        recipe = parse_recipe(std::string(reinterpret_cast<const char*>(data), size), "input.toml");
    } catch (const Error& error) {
        if (error.code() != ExitCode::recipe || error.place().empty()) std::abort();
        return 0;
    }
    const Recipe again = Recipe::from_canonical(recipe.canonical(), "again");
    if (again.canonical() != recipe.canonical() || again.recipe_id() != recipe.recipe_id()) std::abort();
    if (listed_values(recipe).size() < schema().size()) std::abort();
    return 0;
}
