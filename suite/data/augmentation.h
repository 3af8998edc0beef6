// The standard augmentation of small images: pad, random crop, random flip, normalise.
#pragma once

#include <cstdint>
#include <vector>

#include "suite/core/random.h"
#include "suite/data/dataset.h"

namespace dsqbench {

struct Augmentation {
    int pad = 0;                // zero-valued pixels (before normalisation) on each side, then a crop of the old size
    bool flip = false;          // left-right, with probability one half
    std::vector<double> mean, standard_deviation;  // per channel, of pixels in [0, 1]

    // Without the random part, for evaluation.
    Augmentation deterministic() const;

    // `pixels` [C, H, W] bytes to `values` [C, H, W] floats: (pixel / 255 - mean) / standard_deviation.
    void apply(const std::uint8_t* pixels, const ImageShape& shape, Random& random, float* values) const;
};

}  // namespace dsqbench
