#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"
#include "suite/recipe/overrides.h"
#include "suite/recipe/recipe.h"
#include "suite/recipe/recipe_files.h"
#include "suite/recipe/toml_values.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

// A recipe of a hundred lines has 4 kB; what is larger than this is some other file.
constexpr std::size_t largest_recipe = std::size_t{1} << 20;

struct RecipeFile {
    fs::path path;
    std::string extends, extends_place;  // "" when it has no parent
    std::vector<TomlValue> values;
};

RecipeFile parse(std::string_view text, const std::string& place) {
    RecipeFile file;
    if (text.size() > largest_recipe)
        throw Error(ExitCode::recipe, "is larger than 1 MiB", "recipes are short texts: is this the right file?",
                    place);
    for (TomlValue& value : read_toml(text, place)) {
        if (value.name != "extends") {
            file.values.push_back(std::move(value));
            continue;
        }
        if (!value.value.is_string())
            throw Error(ExitCode::recipe, "extends must be the name of one recipe", {}, value.place);
        file.extends = value.value.get<std::string>();
        file.extends_place = value.place;
    }
    return file;
}

RecipeFile read(const fs::path& path) {
    const std::string place = shown_path(path);
    std::string text;
    try {
        text = read_file(path, largest_recipe);
    } catch (const Error& error) {
        throw Error(ExitCode::recipe, error.message(), error.hint(), place);
    }
    RecipeFile file = parse(text, place);
    file.path = path;
    return file;
}

void refuse_cycle(const std::vector<RecipeFile>& chain, const fs::path& parent) {
    const auto same = [&](const RecipeFile& file) {
        std::error_code error;
        return fs::equivalent(file.path, parent, error);
    };
    if (std::none_of(chain.begin(), chain.end(), same)) return;
    std::vector<std::string> names;
    for (const RecipeFile& file : chain) names.push_back(shown_path(file.path));
    names.push_back(shown_path(parent));
    throw Error(ExitCode::recipe, "recipes extend each other in a circle: " + join(names, " -> "), {},
                chain.back().extends_place);
}

// The file, its parent, its parent's parent, ...
std::vector<RecipeFile> read_with_parents(const fs::path& path, const fs::path& recipes_folder) {
    std::vector<RecipeFile> chain{read(path)};
    while (!chain.back().extends_place.empty()) {
        const RecipeFile& child = chain.back();
        const fs::path parent = find_parent(child.extends, child.path, recipes_folder, child.extends_place);
        refuse_cycle(chain, parent);
        chain.push_back(read(parent));
    }
    return chain;
}

void apply(const RecipeFile& file, Recipe& recipe) {
    for (const TomlValue& value : file.values) {
        const bool empty_section = value.value.is_object() && value.value.empty() && is_section(value.name);
        if (!empty_section) recipe.set(value.name, value.value, value.place);
    }
}

}  // namespace

Recipe load_recipe(const std::string& name_or_path, const fs::path& recipes_folder,
                   const std::vector<std::string>& overrides) {
    const fs::path path = find_recipe(name_or_path, recipes_folder);
    const auto chain = read_with_parents(path, recipes_folder);
    Recipe recipe;
    recipe.set_name(recipe_name(path, recipes_folder));
    for (auto file = chain.rbegin(); file != chain.rend(); ++file) apply(*file, recipe);
    for (const std::string& override_text : overrides) apply_override(recipe, override_text);
    recipe.check_consistency();
    return recipe;
}

Recipe parse_recipe(const std::string& toml_text, const std::string& place) {
    const RecipeFile file = parse(toml_text, place);
    if (!file.extends_place.empty())
        throw Error(ExitCode::recipe, "extends needs a recipe that is a file", {}, file.extends_place);
    Recipe recipe;
    recipe.set_name(place);
    apply(file, recipe);
    recipe.check_consistency();
    return recipe;
}

}  // namespace dsqbench
