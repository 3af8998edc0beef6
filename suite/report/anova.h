// The factorial analysis of variance, seeds as blocks. Its shares are of variance, squared, and not of gain: support
// for the values of contrast.h, never "x % of the gain".
#pragma once

#include <optional>
#include <vector>

#include "suite/report/study.h"

namespace dsqbench {

struct AnovaLine {
    Cell effect = 0;            // its factors
    double beta = 0;            // in +-1 coding: half of what the classical "effect" is
    double sum_of_squares = 0;  // n cells beta^2
    double eta_squared = 0;     // SS / SS_total
    double omega_squared = 0;   // (SS - MSE) / (SS_total + MSE): the same without the upward bias
    std::optional<double> f;    // SS / MSE, 1 and (n - 1)(cells - 1) degrees of freedom; missing for a single seed
    std::optional<double> p_value;
};

struct Anova {
    std::vector<AnovaLine> lines;  // main effects first, then pairs, ...; of a half factorial up to pairs
    double block_sum_of_squares = 0, error_sum_of_squares = 0, total_sum_of_squares = 0;
    double mean_square_error = 0, error_degrees_of_freedom = 0;
    // Are the factors additive? Mean square of all effects of two and more factors over MSE.
    std::optional<double> additivity_f, additivity_p_value;
};

Anova analyse_variance(const Study& study);

}  // namespace dsqbench
