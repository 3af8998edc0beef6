#include <algorithm>
#include <cstdlib>

#include "suite/core/error.h"
#include "suite/recipe/recipe.h"
#include "suite/recipe/recipe_files.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

// Every folder of recipes has the parts that the others extend; a folder that only shares the name has not.
bool holds_recipes(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "base", error);
}

fs::path upwards_from(fs::path folder) {
    while (true) {
        if (holds_recipes(folder / "recipes")) return folder / "recipes";
        if (!folder.has_relative_path()) return {};
        folder = folder.parent_path();
    }
}

// share/dsqbench/recipes beside the bin/ that this program was installed in.
fs::path installed_folder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return program.parent_path().parent_path() / "share" / "dsqbench" / "recipes";
}

bool holds_parts_only(const fs::path& relative) {
    const std::string top = relative.begin()->string();
    return top == "base" || top == "claims" || top == "kernels" || top == "eras" || top == "ablations";
}

}  // namespace

fs::path default_recipes_folder() {
    if (const char* chosen = std::getenv("DSQBENCH_RECIPES_DIR"); chosen != nullptr && *chosen != '\0') return chosen;
    std::error_code error;
    if (const fs::path found = upwards_from(fs::current_path(error)); !found.empty()) return found;
    if (holds_recipes(installed_folder())) return installed_folder();
    return DSQBENCH_RECIPES_FOLDER;
}

namespace {

// Every .toml below `folder`, sorted.
std::vector<fs::path> toml_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator position(folder, error);
    if (error) throw Error(ExitCode::recipe, "cannot read the folder: " + error.message(), {}, folder.string());
    for (; position != fs::recursive_directory_iterator(); position.increment(error)) {
        if (error) throw Error(ExitCode::recipe, "cannot read the folder: " + error.message(), {}, folder.string());
        if (position->path().extension() == ".toml") files.push_back(position->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

std::vector<fs::path> recipe_files(const fs::path& folder) {
    std::vector<fs::path> files = toml_files(folder);
    files.erase(std::remove_if(files.begin(), files.end(),
                               [&](const fs::path& path) { return holds_parts_only(path.lexically_relative(folder)); }),
                files.end());
    return files;
}

std::vector<fs::path> ablation_files(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "ablations", error) ? toml_files(folder / "ablations") : std::vector<fs::path>();
}

std::vector<fs::path> era_files(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "eras", error) ? toml_files(folder / "eras") : std::vector<fs::path>();
}

}  // namespace dsqbench
