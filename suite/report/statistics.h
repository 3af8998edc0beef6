// Estimates with intervals; quantiles from Boost.Math.
#pragma once

#include <optional>
#include <vector>

namespace dsqbench {

double mean(const std::vector<double>& values);
// Sample standard deviation (n - 1); nullopt for fewer than two values.
std::optional<double> standard_deviation(const std::vector<double>& values);

struct Interval {
    double low = 0, high = 0;
};

struct Difference {
    double estimate = 0;                  // mean(a) - mean(b)
    std::optional<Interval> confidence;   // 95 %, two-sided; nullopt for fewer than two pairs
    std::optional<double> p_value;        // two-sided t test
    std::size_t count = 0;                // pairs, or the smaller sample
};

// Paired t: a[i] and b[i] share a seed. Throws std::logic_error for different lengths.
Difference paired_difference(const std::vector<double>& a, const std::vector<double>& b);

// Welch's t for independent samples.
Difference welch_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace dsqbench
