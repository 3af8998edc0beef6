// Tests beside the t test: several at once, without a distribution, and for the absence of a difference.
#pragma once

#include <vector>

#include "suite/report/study.h"

namespace dsqbench {

// p-values adjusted for their number (Holm 1979): the smallest times m, the next times m - 1, ..., never falling and at
// most 1. In the order given.
std::vector<double> holm_adjusted(const std::vector<double>& p_values);

// Two-sided sign-flip permutation test of paired differences having mean zero (Fisher 1935): the share of all 2^n
// patterns of signs whose |sum| is at least the observed one; above 20 values, of 100,000 random patterns and the
// observed one. Its smallest p-value is 2^(1 - n): six differences are the fewest that can reach 0.05. std::logic_error
// for no values.
double sign_flip_p_value(const std::vector<double>& differences);
double smallest_sign_flip_p_value(std::size_t count);

// Two one-sided t tests (Schuirmann 1987) of the value lying within +-margin: the larger of the two p-values. 1 when
// the estimate has no standard error and lies outside, 0 when it lies inside.
double equivalence_p_value(const Estimate& estimate, double margin);

// How likely a run of A is better than a run of B, ties counting half (Mann and Whitney 1947), over all pairs of runs;
// 95 % interval by Newcombe's method 5 (Statistics in Medicine 25, 2006), which holds for few runs and at 0 and 1.
struct Superiority {
    double probability = 0;
    Interval confidence;
};
Superiority superiority(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace dsqbench
