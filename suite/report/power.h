// What a design can detect, before it is run: by the card's own test, Student's t with the degrees of freedom that its
// error model has for so many seeds and cells (study.h), two-sided at 5 %, with 80 % power.
#pragma once

#include <cstddef>
#include <optional>

#include "suite/report/contrast.h"

namespace dsqbench {

// The standard error of a contrast of cell means when every run has the standard deviation 1 and there is one seed: for
// Shapley values 1, 0.745, 0.577, 0.462, 0.380 with 2 to 6 factors. Seeds in common between cells only lower it.
double unit_standard_error(const Contrast& contrast);

// `unit`: standard deviation of the estimate with one seed.
struct Precision {
    double unit = 1;
    std::size_t cells = 2;
};

// The difference that n seeds find with a probability of 80 %; nullopt for fewer than two seeds, which have no spread
// to test with.
std::optional<double> detectable_difference(const Precision& precision, std::size_t seeds);

// The fewest seeds, at least two and more than `present`, that find `difference` with 80 %; std::logic_error unless
// unit and difference are above 0. More seeds may find less: from six on the card supposes no common spread.
std::size_t seeds_to_detect(const Precision& precision, double difference, std::size_t present = 0);

// The fewest that prove equivalence within `margin` with 80 % when the true difference is 0 (two one-sided tests at 5
// %, each of which may miss it in 10 %: never too few).
std::size_t seeds_for_equivalence(const Precision& precision, double margin, std::size_t present = 0);

}  // namespace dsqbench
