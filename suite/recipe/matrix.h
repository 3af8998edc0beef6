// From one recipe to the runs that it asks for: contenders x sweeps x seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "suite/recipe/recipe.h"

namespace dsqbench {

// What a comparison's row is called and which quantizers it stands for. A bare "dsq" quantizes weights and activations
// with one quantizer; "dorefa/pact" names both.
struct Contender {
    std::string label, weight, activation;
};

Contender parse_contender(const std::string& text);  // throws Error(recipe)

// One training run. `seed` is the run's root seed; it is no part of any id: (recipe_id, seed) names a run.
struct RunRequest {
    std::string label;
    Recipe recipe;
    std::uint64_t seed = 0;
};

// "0..4" -> 0,1,2,3,4; "1,3" -> 1,3. Throws Error(usage).
std::vector<std::uint64_t> parse_seeds(const std::string& text);

// `sweeps` are "key=v1,v2" (--over); every combination becomes a run with the label "dsq training.epochs=3".
// Throws Error(recipe) when two requests of different labels have one recipe_id (contract 1).
std::vector<RunRequest> expand(const Recipe& recipe, const std::vector<Contender>& contenders,
                               const std::vector<std::string>& sweeps, const std::vector<std::uint64_t>& seeds);

// The FP32 pre-training that `recipe` asks for with [tricks.pretrain], as a recipe of its own: same data, augmentation
// and model, quantizers fp32, no tricks, and the keys of [tricks.pretrain] laid over [training]. nullopt when the
// recipe does not pre-train. All contenders of one protocol share its recipe_id.
std::optional<Recipe> pretraining_of(const Recipe& recipe);

}  // namespace dsqbench
