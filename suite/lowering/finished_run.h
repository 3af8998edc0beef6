// A finished training run, taken up again: its network with the last epoch's weights, and the images it was measured
// on.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "suite/data/dataset.h"
#include "suite/models/network.h"
#include "suite/recipe/recipe.h"

namespace dsqbench {

struct FinishedRun {
    Recipe recipe;
    nlohmann::json row;                // as the run wrote it
    std::shared_ptr<Network> network;  // in evaluation mode
    DataSplits data;
    std::string weights_sha256;
};

// Throws Error(data) for a folder that is no run, a run that is not finished, or weights that are not those of its row.
FinishedRun open_finished_run(const std::filesystem::path& run, const std::filesystem::path& data_root);

}  // namespace dsqbench
