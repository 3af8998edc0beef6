// Which share of the whole gain a part has, with intervals for a ratio of two estimates from the same seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "suite/report/study.h"

namespace dsqbench {

// part / whole, and it may well be below 0 or above 1. Missing where the whole is not clearly above zero: when it is
// below 3 standard errors, or its 95 % interval reaches zero.
struct Share {
    double value = 0;
    std::optional<Interval> fieller;    // 95 %
    std::optional<Interval> bootstrap;  // 95 %, from 8 seeds on: with fewer the bootstrap is too narrow
};

std::optional<Share> share_of(const Study& study, const Contrast& part, const Contrast& whole, ErrorModel model);

// The ratios rho for which part - rho whole is not significantly different from zero (Fieller 1954):
//     (part - rho whole)^2 <= t^2 (var_part - 2 rho covariance + rho^2 var_whole)
// nullopt when they are no bounded interval: the whole is not significantly different from zero.
struct RatioMoments {
    double part, whole, variance_of_part, variance_of_whole, covariance, t;
};
std::optional<Interval> fieller_interval(const RatioMoments& moments);

// Bias-corrected and accelerated bootstrap (Efron 1987) of sum(part) / sum(whole) over seeds, whole seeds drawn
// jointly; the levels are widened from the normal's to what t with n - 1 degrees of freedom and the n - 1 of the
// standard deviation ask for (Hesterberg 2015, "What teachers should know about the bootstrap", section 5.2: "expanded
// percentile"). nullopt for less than three seeds or a resample whose whole is zero.
std::optional<Interval> bootstrap_ratio_interval(const std::vector<double>& part, const std::vector<double>& whole,
                                                 std::uint64_t seed, int resamples = 10000);

}  // namespace dsqbench
