// What the LibTorch side of this build has registered. plugins.cpp knows it; plugins_absent.cpp takes its place in a
// build without LibTorch.
#pragma once

#include <string>
#include <vector>

#include "suite/recipe/recipe.h"

namespace dsqbench {

struct Plugin {
    std::string name, summary, place;  // place: the file and line that registered it
};

// `kind`: "quantizers", "models", "datasets" or "tricks". Throws Error(unavailable) in a build without LibTorch.
std::vector<Plugin> list_plugins(const std::string& kind);

// Are all quantizers, tricks and the model of the recipe's runs there, and do their options suit them? A build without
// LibTorch cannot tell and accepts all. Throws Error(recipe).
void check_recipe_plugins(const Recipe& recipe);

}  // namespace dsqbench
