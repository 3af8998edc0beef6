// result.json and the row of a finished training run.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/models/network.h"
#include "suite/recipe/matrix.h"
#include "suite/training/evaluation.h"

namespace dsqbench {

struct RunMeasurements {
    Evaluation evaluation;  // of the finished network: the last epoch's, never the best one's
    bool converged = true;
    std::int64_t epochs = 0, train_images = 0, peak_memory_bytes = 0, limit_batches = 0;
    double images_per_second = 0, train_seconds = 0;
    std::string dataset_fingerprint, wrong_size, weights_sha256;  // as in DataSplits
    std::vector<int> ranks{1};  // processes that trained it together, one number after another
};

// {"row": the row for the results store, "quantizers": what each site's quantizer says of itself, "provenance": ...}
nlohmann::json run_result(const RunRequest& request, Network& network, const RunMeasurements& measured,
                          const std::filesystem::path& run);

}  // namespace dsqbench
