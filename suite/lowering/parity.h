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

// An image of which the two networks think differently: where their codes part for the first time in the order of the
// forward pass.
struct Disagreement {
    std::int64_t image = 0;
    std::string layer;       // whose output differs first; "" where neither a code nor, beyond rounding, a logit does
    std::int64_t codes = 0;  // how many of its codes differ; 0 where only logits do
    // Largest distance of such a value from the threshold between, over the site's largest value; or of two logits,
    // over the largest.
    double distance = 0;
    bool is_rounding = false;
};

struct Parity {
    std::int64_t images = 0, equal = 0;           // predictions
    double reference_top1 = 0, integer_top1 = 0;  // percent
    std::vector<Disagreement> disagreements;      // other classes: the first `most_traced` of them
    std::int64_t other_logits = 0;                // images of the same class whose logits differ by more than rounding
    std::vector<Disagreement> deviations;         // the first `most_traced` of these, and of codes that are wrong
    std::string failed_layer, failure;            // "" where parity holds
};
constexpr std::size_t most_traced = 64;
constexpr std::int64_t always_traced = 16;  // the first images, whatever their classes and logits

// Over the run's evaluation images, or the first `limit` when that is positive. Over all of them, evaluation must also
// come to the accuracy of the run's row: else it is not that run's network which is compared. `options`: batch is
// chosen here.
Parity check_parity(FinishedRun& run, const deploy::Network& network, deploy::ExecutorOptions options,
                    std::int64_t limit = 0, const ParityLimits& limits = {});

}  // namespace dsqbench
