#include "suite/report/power.h"

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <stdexcept>

#include "suite/report/study.h"

namespace dsqbench {

namespace {

constexpr double power = 0.8;
// Where t is normal to four digits, and its series are slow.
constexpr std::size_t many_seeds = 100'000;

struct Test {
    double tail;    // significance on one side
    double chance;  // to reach it
};
constexpr Test two_sided{0.025, power}, one_of_two{0.05, (1 + power) / 2};

double normal_quantile(double probability) {
    return boost::math::quantile(boost::math::normal(), probability);
}

// Of reaching significance on the right side. `shift`: the true difference in standard errors.
double chance(const Test& test, double shift, std::size_t seeds, std::size_t cells) {
    const double freedom = degrees_of_freedom_of(error_model_for(seeds), seeds, cells);
    const double border = boost::math::quantile(complement(boost::math::students_t(freedom), test.tail));
    return boost::math::cdf(complement(boost::math::non_central_t(freedom, shift), border));
}

std::size_t seeds_for(const Test& test, const Precision& precision, double difference, std::size_t present) {
    if (!(precision.unit > 0) || !(difference > 0)) throw std::logic_error("seeds for no spread or no difference");
    // t never needs fewer than the normal distribution.
    const double root = (normal_quantile(1 - test.tail) + normal_quantile(test.chance)) * precision.unit / difference;
    const auto fewest = static_cast<std::size_t>(std::clamp(std::ceil(root * root), 2.0, 1e9));
    std::size_t seeds = std::max(fewest, present + 1);
    const auto suffice = [&] {
        const double shift = difference / precision.unit * std::sqrt(static_cast<double>(seeds));
        return seeds > many_seeds || chance(test, shift, seeds, precision.cells) >= test.chance;
    };
    while (!suffice()) ++seeds;
    return seeds;
}

}  // namespace

double unit_standard_error(const Contrast& contrast) {
    double sum = 0;
    for (const double weight : contrast) sum += weight * weight;
    return std::sqrt(sum);
}

std::optional<double> detectable_difference(const Precision& precision, std::size_t seeds) {
    if (seeds < 2) return std::nullopt;
    double missed = 0, found = 64;  // in standard errors; two seeds of two cells need 16.3
    for (int halving = 0; halving < 50; ++halving) {
        const double middle = (missed + found) / 2;
        (chance(two_sided, middle, seeds, precision.cells) < power ? missed : found) = middle;
    }
    return found * precision.unit / std::sqrt(static_cast<double>(seeds));
}

std::size_t seeds_to_detect(const Precision& precision, double difference, std::size_t present) {
    return seeds_for(two_sided, precision, difference, present);
}

std::size_t seeds_for_equivalence(const Precision& precision, double margin, std::size_t present) {
    return seeds_for(one_of_two, precision, margin, present);
}

}  // namespace dsqbench
