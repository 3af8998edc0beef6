// Eras: the training recipes of published papers, as data. What a paper does not say is not set, and the era says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "suite/recipe/recipe.h"
#include "suite/recipe/toml_values.h"

namespace dsqbench {

enum class Initialisation { unknown, scratch, pretrained };

struct Era {
    std::string name, description, source;
    std::int64_t published_epochs = 0;  // 0: unknown
    Initialisation initialisation = Initialisation::unknown;
    std::vector<std::string> unknown;      // not published: keys, "epochs", "initialisation"
    std::vector<std::string> unavailable;  // published, but no key of a recipe: "pre-activation network"
    std::string guess;                     // not "": who or what stands in for an unpublished recipe
    std::vector<TomlValue> settings;       // keys of a recipe, milestones and warm-up in published epochs
    std::map<std::int64_t, std::vector<TomlValue>> settings_at_bits;  // by weight bits, over the others
};

// recipes/eras/<name>.toml. Throws Error(recipe) with the nearest names, or for a file that leaves one of the seven
// things that make a recipe (epochs, initialisation, optimizer, learning rate, schedule, weight decay, batch size)
// neither set nor named as unknown.
Era load_era(const std::string& name, const std::filesystem::path& recipes_folder);
Era read_era(const std::filesystem::path& path);

// Lays the era over `recipe`, at the recipe's number of epochs:
// - what is counted in epochs (milestones, warm-up) is scaled by epochs / published epochs, milestones to the nearest
//   whole epoch from 1 to epochs - 1, each once; learning rates, decays and batch sizes are as published;
// - an era that starts from scratch switches [tricks.pretrain] off; one that starts from a trained network takes the
//   recipe's own FP32 pre-training, as it was before the era (papers say little of theirs), and where it has none,
//   trains that network as long as the quantized one;
// - everything that the era does not set stays.
// The recipe's name gets "@<era>".
void apply_era(Recipe& recipe, const Era& era);

// load_recipe() with an era between the file and the overrides; "" for none.
Recipe load_recipe_of_era(const std::string& name_or_path, const std::filesystem::path& recipes_folder,
                          const std::string& era, const std::vector<std::string>& overrides = {});

}  // namespace dsqbench
