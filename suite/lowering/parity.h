// The integer network held against fake-quantized evaluation, image by image. They may differ only where float32
// evaluation itself is undecided: both compute the same sums, evaluation with a rounding after every product.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "suite/deploy/executor.h"
#include "suite/lowering/finished_run.h"

namespace dsqbench {

struct ParityLimits {
    double top1 = 0.05;                 // percentage points
    double equal = 99.9;                // percent of predictions
    double rounding = 1.0 / (1 << 16);  // of the largest value at a site: 256 units in the last place of float32
};

// An image that the two networks put into different classes, or whose codes differ by more than rounding: where their
// codes part for the first time in the order of the forward pass.
struct Disagreement {
    std::int64_t image = 0;
    std::string layer;       // whose output differs first; "" where no code does: the logits are equal to rounding
    std::int64_t codes = 0;  // how many of its codes differ
    double distance = 0;  // largest distance of such a value from the threshold between, over the site's largest value
    bool is_rounding = false;
};

struct Parity {
    std::int64_t images = 0, equal = 0;           // predictions
    double reference_top1 = 0, integer_top1 = 0;  // percent
    std::vector<Disagreement> disagreements;      // the first `most_traced` of them
    std::string failed_layer, failure;            // "" where parity holds
};
constexpr std::size_t most_traced = 64;
constexpr std::int64_t always_traced = 16;  // the first images, whatever the predictions

// Over the run's evaluation images, or the first `limit` when that is positive. `options`: batch is chosen here.
Parity check_parity(FinishedRun& run, const deploy::Network& network, deploy::ExecutorOptions options,
                    std::int64_t limit = 0, const ParityLimits& limits = {});

}  // namespace dsqbench
