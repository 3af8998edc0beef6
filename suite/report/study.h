// Estimates of contrasts from a factorial study with seeds as blocks.
#pragma once

#include <optional>
#include <vector>

#include "suite/report/contrast.h"
#include "suite/report/statistics.h"

namespace dsqbench {

// Where a standard error comes from.
enum class ErrorModel {
    // The mean square error of all cells, seeds as blocks: (n - 1)(cells - 1) degrees of freedom, so it serves few
    // seeds; supposes one spread in all cells.
    pooled,
    // The contrast's own value in every seed: n - 1 degrees of freedom, right whatever the cells' spreads.
    by_seed,
};

// The rule of every card, fixed beforehand: six seeds are the fewest with which a sign-flip test can reach p < 0.05,
// and the fewest for which the price of 5 degrees of freedom (t = 2.57 for 1.96) is bearable. 2-bit cells differ in
// spread by a factor of 6 (0.2 to 1.4 points, results of fmnist_r8_w2a2).
ErrorModel error_model_for(std::size_t seeds);
double degrees_of_freedom_of(ErrorModel model, std::size_t seeds, std::size_t cells);

struct Estimate {
    double value = 0;
    double standard_error = 0;
    double degrees_of_freedom = 0;
    // Missing where they are not defined: a single seed, or no spread but rounding.
    std::optional<Interval> confidence;  // 95 %, two-sided
    std::optional<double> p_value;       // of the value being zero, two-sided t test
};

class Study {
public:
    // Throws std::logic_error for a study that is not balanced.
    explicit Study(Factorial data);

    const Factorial& data() const { return data_; }
    std::size_t factors() const { return data_.factors; }
    std::size_t seeds() const { return data_.seeds(); }

    // The contrast's value in every seed.
    std::vector<double> by_seed(const Contrast& contrast) const;

    Estimate estimate(const Contrast& contrast, ErrorModel model) const;
    double covariance(const Contrast& a, const Contrast& b, ErrorModel model) const;  // of the two estimates
    double degrees_of_freedom(ErrorModel model) const;

    double mean_square_error() const { return mean_square_error_; }  // 0 for a single seed

private:
    Factorial data_;
    double mean_square_error_ = 0;
};

}  // namespace dsqbench
