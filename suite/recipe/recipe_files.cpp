#include "suite/recipe/recipe_files.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/recipe.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

// `path` below `folder`, or nothing.
std::optional<fs::path> below(const fs::path& path, const fs::path& folder) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(path, error), base = fs::weakly_canonical(folder, error);
    const fs::path relative = whole.lexically_relative(base);
    if (error || relative.empty() || *relative.begin() == "..") return std::nullopt;
    return relative;
}

bool is_recipe_path(const std::string& text) {
    return fs::path(text).extension() == ".toml";
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

fs::path with_extension(const fs::path& path) {
    return is_recipe_path(path.string()) ? path : fs::path(path.string() + ".toml");
}

std::vector<fs::path> files_named(const std::string& name, const std::vector<fs::path>& files) {
    std::vector<fs::path> found;
    std::copy_if(files.begin(), files.end(), std::back_inserter(found),
                 [&](const fs::path& file) { return file.stem() == name; });
    return found;
}

[[noreturn]] void refuse(const std::string& name, const std::vector<fs::path>& files, const std::string& place) {
    if (is_recipe_path(name)) throw Error(ExitCode::recipe, "there is no recipe file '" + name + "'", {}, place);
    std::error_code error;
    if (fs::is_directory(name, error))
        throw Error(ExitCode::recipe, "'" + name + "' is a folder, not a recipe", "`dsqbench ls recipes` lists them",
                    place);
    std::vector<std::string> names;
    for (const fs::path& file : files) names.push_back(file.stem().string());
    throw Error(ExitCode::recipe, "unknown recipe '" + name + "'", suggestion(name, names), place);
}

fs::path find(const std::string& name, const fs::path& recipes_folder, const std::string& place) {
    if (is_recipe_path(name) && is_there(name)) return name;
    if (!name.empty() && is_there(with_extension(recipes_folder / name))) return with_extension(recipes_folder / name);
    const auto files = is_there(recipes_folder) ? recipe_files(recipes_folder) : std::vector<fs::path>();
    const auto found = files_named(name, files);
    if (found.empty()) refuse(name, files, place);
    if (found.size() > 1)
        throw Error(ExitCode::recipe, "two recipes are called '" + name + "'",
                    "write '" + found[0].string() + "' or '" + found[1].string() + "'", place);
    return found.front();
}

}  // namespace

fs::path find_recipe(const std::string& name_or_path, const fs::path& recipes_folder) {
    return find(name_or_path, recipes_folder, {});
}

fs::path find_parent(const std::string& extends, const fs::path& child, const fs::path& recipes_folder,
                     const std::string& place) {
    check_text("extends", extends, place);
    const fs::path beside = with_extension(child.parent_path() / extends);
    if (!extends.empty() && is_there(beside)) return beside;
    return find(extends, recipes_folder, place);
}

std::string recipe_name(const fs::path& path, const fs::path& recipes_folder) {
    const auto relative = below(path, recipes_folder);
    if (!relative) return path.stem().string();
    // An ablation is called like the recipe that it takes apart.
    const std::string folder = *relative->begin() == "ablations" ? "ablations/" : "";
    return folder + path.stem().string();
}

std::string recipe_name_of(const std::string& name_or_path, const fs::path& recipes_folder) {
    try {
        return recipe_name(find_recipe(name_or_path, recipes_folder), recipes_folder);
    } catch (const Error&) {
        return is_recipe_path(name_or_path) ? fs::path(name_or_path).stem().string() : name_or_path;
    }
}

std::string shown_path(const fs::path& path) {
    std::error_code error;
    const auto relative = below(path, fs::current_path(error));
    return relative && !error ? relative->string() : path.string();
}

}  // namespace dsqbench
