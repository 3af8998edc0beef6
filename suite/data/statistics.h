// What a data set really holds, as against what is said of it.
#pragma once

#include <cstdint>
#include <vector>

#include "suite/data/dataset.h"

namespace dsqbench {

struct DatasetStatistics {
    std::vector<std::int64_t> images_per_class;
    std::vector<double> mean, standard_deviation;  // per channel, over all pixels, of pixels in [0, 1]
};

DatasetStatistics measure(const Dataset& dataset);

}  // namespace dsqbench
