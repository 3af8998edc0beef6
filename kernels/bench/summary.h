// What is said about a list of samples.
#pragma once

#include <vector>

namespace dsqbench {

struct Summary {
    double median = 0, p10 = 0, minimum = 0;  // in the samples' unit
    double spread = 0;                        // interquartile range over median, percent
};

// Quantiles between the samples are interpolated linearly. All 0 for no samples.
Summary summarise(std::vector<double> samples);

}  // namespace dsqbench
