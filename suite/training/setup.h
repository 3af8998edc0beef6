// From a resolved recipe to the settings of each part: the one place that reads recipe keys below the LibTorch line.
#pragma once

#include <filesystem>
#include <vector>

#include "suite/data/loader.h"
#include "suite/models/network.h"
#include "suite/recipe/recipe.h"
#include "suite/training/optimizer.h"
#include "suite/training/schedule.h"

namespace dsqbench {

DataRequest data_request(const Recipe& recipe, const std::filesystem::path& data_root);
// Shuffled and augmented.
LoaderOptions training_batches(const Recipe& recipe, const DataSplits& data, std::uint64_t seed);
ModelSettings model_settings(const Recipe& recipe, const Dataset& dataset);
OptimizerSettings optimizer_settings(const Recipe& recipe);
ScheduleSettings schedule_settings(const Recipe& recipe);

// Every parameter of the network with the weight decay and learning-rate factor of its kind: weights, batch-norm and
// biases, or quantizer parameters.
std::vector<OptimizedTensor> optimized_tensors(const Network& network, const Recipe& recipe);

// Do all names in the recipe exist: data set, model, quantizers in their roles, quantizer options, tricks and their
// options, and are the options' values in their ranges? Without data. Throws Error(recipe).
void check_plugins(const Recipe& recipe);

}  // namespace dsqbench
