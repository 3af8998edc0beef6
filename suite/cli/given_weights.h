// Weights that a run starts from: --weights FILE becomes a safetensors file in the runs' folder, under the name that
// the recipe then knows it by. Whoever takes up the runs later, on whatever machine of the cluster, finds it there.
#pragma once

#include <filesystem>
#include <optional>

#include "suite/recipe/recipe.h"

namespace dsqbench {

// Where the weights are that [tricks.weights] names; nullopt for a recipe without. Throws Error(recipe) for a name that
// is no SHA-256.
std::optional<std::filesystem::path> given_weights_path(const Recipe& recipe, const std::filesystem::path& runs_folder);

// Puts the file there and its name into the recipe, in the place of a pre-training; with no file (""), only looks
// whether what the recipe names is there. Throws Error(data) for what is no file of weights, is another one than the
// recipe names, or is not there.
void take_given_weights(Recipe& recipe, const std::filesystem::path& file, const std::filesystem::path& runs_folder);

}  // namespace dsqbench
