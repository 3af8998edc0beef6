#include "suite/report/power.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <stdexcept>

namespace dsqbench {

namespace {

constexpr double power = 0.8;

double quantile(double probability) {
    return boost::math::quantile(boost::math::normal(), probability);
}

std::size_t seeds_for(double reach, double unit, double difference) {
    if (!(unit > 0) || !(difference > 0)) throw std::logic_error("seeds for no spread or no difference");
    const double seeds = std::ceil(std::pow(reach * unit / difference, 2));
    return static_cast<std::size_t>(std::clamp(seeds, 2.0, 1e9));
}

}  // namespace

double unit_standard_error(const Contrast& contrast) {
    double sum = 0;
    for (const double weight : contrast) sum += weight * weight;
    return std::sqrt(sum);
}

double detectable_difference(double unit, std::size_t seeds) {
    return (quantile(0.975) + quantile(power)) * unit / std::sqrt(static_cast<double>(seeds));
}

std::size_t seeds_to_detect(double unit, double difference) {
    return seeds_for(quantile(0.975) + quantile(power), unit, difference);
}

std::size_t seeds_for_equivalence(double unit, double margin) {
    return seeds_for(quantile(0.95) + quantile((1 + power) / 2), unit, margin);
}

}  // namespace dsqbench
