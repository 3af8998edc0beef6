#include "suite/cli/folders.h"

#include "suite/recipe/recipe.h"

namespace dsqbench {

namespace fs = std::filesystem;

fs::path recipes_folder_of(const Session& session) {
    return session.recipes_folder.empty() ? default_recipes_folder() : session.recipes_folder;
}

fs::path published_folder_of(const Session& session) {
    const fs::path own = session.results_folder / "published";
    std::error_code error;
    if (fs::is_directory(own, error)) return own;
    const fs::path recipes = fs::weakly_canonical(recipes_folder_of(session), error);
    return recipes.parent_path() / "results" / "published";
}

}  // namespace dsqbench
