// What a design can detect, before it is run: normal approximation, two-sided 5 %, 80 % power.
#pragma once

#include <cstddef>

#include "suite/report/contrast.h"

namespace dsqbench {

// The standard error of a contrast of cell means when every run has the standard deviation 1 and there is one seed: for
// Shapley values 1, 0.745, 0.577, 0.462, 0.380 with 2 to 6 factors. Seeds in common between cells only lower it.
double unit_standard_error(const Contrast& contrast);

// The difference that n seeds find with a probability of 80 %; `unit`: standard deviation of the estimate with one
// seed.
double detectable_difference(double unit, std::size_t seeds);

// Seeds that find `difference` with 80 %, at least 2. std::logic_error unless both are above 0.
std::size_t seeds_to_detect(double unit, double difference);

// Seeds that prove equivalence within `margin` with 80 % when the true difference is 0 (two one-sided tests at 5 %).
std::size_t seeds_for_equivalence(double unit, double margin);

}  // namespace dsqbench
