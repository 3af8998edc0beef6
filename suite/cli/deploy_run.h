// What `dsqbench deploy RUN` needs from below the LibTorch line: a finished run as an integer network, its parity, its
// images. In a build without LibTorch deploy_run_absent.cpp takes its place and refuses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "suite/core/safetensors.h"
#include "suite/deploy/executor.h"

namespace dsqbench {

struct RunDeployment {
    deploy::Network network;
    // images, equal_percent, reference_top1, integer_top1, disagreements; failed_layer and failure where it fails.
    nlohmann::json parity;
    std::string compared_on;  // "test" or "validation": the run's evaluation images
    std::string obstacle;     // why its accuracy is no result, "" where it is one
};

// Parity over the run's evaluation images, or the first `limit` where that is positive.
RunDeployment deploy_run(const std::filesystem::path& run, const std::filesystem::path& data_root,
                         const deploy::ExecutorOptions& options, std::int64_t limit);

// The evaluation images and labels in the form that --input takes.
TensorFile images_of_run(const std::filesystem::path& run, const std::filesystem::path& data_root);

}  // namespace dsqbench
