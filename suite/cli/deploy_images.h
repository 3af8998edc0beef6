// Running an integer network over images from a file: a safetensors file with `images`, U8 [N, C, H, W], and perhaps
// `labels`, I32 [N].
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "suite/deploy/executor.h"

namespace dsqbench {

struct ImagePredictions {
    std::vector<int> predictions;
    std::optional<double> top1;  // percent, where there are labels
    std::string logits_sha256;   // equal on every machine
};

// Throws Error(data) for a file that does not hold images of the network's size.
ImagePredictions predict_images(const deploy::Network& network, const deploy::ExecutorOptions& options,
                                const std::filesystem::path& file);

}  // namespace dsqbench
