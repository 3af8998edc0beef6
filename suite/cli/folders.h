// Where the files lie that no option names.
#pragma once

#include <filesystem>

#include "suite/cli/verb.h"

namespace dsqbench {

// That of --recipes-dir, or the default one.
std::filesystem::path recipes_folder_of(const Session& session);

// published/ of the results folder; where that has none, as a folder for one night's rows, the one that was shipped
// beside the recipes.
std::filesystem::path published_folder_of(const Session& session);

}  // namespace dsqbench
