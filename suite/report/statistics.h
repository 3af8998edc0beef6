// Estimates with intervals; quantiles from Boost.Math. Values that are NaN or infinite are a programmer's mistake
// everywhere here: std::logic_error.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace dsqbench {

double mean(const std::vector<double>& values);  // std::logic_error for no values
double median(std::vector<double> values);       // the same; the mean of the two middle ones for an even number
// Sample standard deviation (n - 1); nullopt for fewer than two values.
std::optional<double> standard_deviation(const std::vector<double>& values);

struct Interval {
    double low = 0, high = 0;
};

// Interval and p-value are missing for fewer than two values a side, and where the spread is nothing but rounding (a
// standard error below ten units in the last place of the mean, as R's t.test has it): t is not defined there. An
// estimate that is nothing but rounding then is 0.
struct Difference {
    double estimate = 0;                 // mean(a) - mean(b)
    std::optional<Interval> confidence;  // 95 %, two-sided
    std::optional<double> p_value;       // two-sided t test
    std::size_t count = 0;               // pairs, or the smaller sample
};

// Does the interval lie on one side of 0? Never without one.
bool excludes_zero(const Difference& difference);

// Two values a side and more that have no spread say all the same: the number itself is the interval then, as such a
// difference is no less certain than one that varies (docs/decisions/0005-ranks-and-verdicts.md).
Difference with_interval_of_unanimous(Difference difference);

// Paired t (Student 1908): a[i] and b[i] share a seed. Throws std::logic_error for different lengths or none.
Difference paired_difference(const std::vector<double>& a, const std::vector<double>& b);

// Welch's t (Biometrika 34, 1947) for independent samples, degrees of freedom after Satterthwaite.
Difference welch_difference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace dsqbench
