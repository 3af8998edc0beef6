// The plan file that `dsqbench run` writes and its worker processes read: everything that a training run needs.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/training/trainer.h"

namespace dsqbench {

struct TrainingTask {
    RunRequest request;
    std::filesystem::path run;  // its directory
    TrainingSite site;
};

// Throws Error(failed) when it cannot be written.
void write_task_file(const std::filesystem::path& path, const std::vector<TrainingTask>& tasks);

// Task `index` of the file. Throws Error(data) for a damaged file, Error(usage) for an index that it does not have.
TrainingTask read_task(const std::filesystem::path& path, std::size_t index);

}  // namespace dsqbench
