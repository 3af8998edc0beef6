#include "suite/report/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace dsqbench {

namespace {

constexpr double tail = 0.025;  // either side of a 95 % interval

void require_usable(const std::vector<double>& values) {
    if (values.empty()) throw std::logic_error("statistics of no values");
    for (const double value : values)
        if (!std::isfinite(value)) throw std::logic_error("statistics of a value that is not finite");
}

double squared(double x) {
    return x * x;
}

// Two passes: the textbook's one-pass formula cancels for accuracies near 90 that differ in the third digit.
double variance(const std::vector<double>& values) {
    const double centre = mean(values);
    double sum = 0;
    for (const double value : values) sum += squared(value - centre);
    return sum / static_cast<double>(values.size() - 1);
}

// `scale`: the size of the numbers that were subtracted, which sets what rounding leaves of a spread of zero.
Difference with_t_test(Difference difference, double standard_error, double degrees_of_freedom, double scale) {
    const double rounding = 10 * std::numeric_limits<double>::epsilon() * scale;
    if (standard_error <= rounding) {
        if (std::abs(difference.estimate) <= rounding) difference.estimate = 0;
        return difference;
    }
    const boost::math::students_t distribution(degrees_of_freedom);
    const double reach = boost::math::quantile(boost::math::complement(distribution, tail)) * standard_error;
    const double t = std::abs(difference.estimate) / standard_error;
    difference.confidence = Interval{difference.estimate - reach, difference.estimate + reach};
    difference.p_value = 2 * boost::math::cdf(boost::math::complement(distribution, t));
    return difference;
}

}  // namespace

double mean(const std::vector<double>& values) {
    require_usable(values);
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
    require_usable(values);
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> standard_deviation(const std::vector<double>& values) {
    if (values.size() < 2) return std::nullopt;
    return std::sqrt(variance(values));
}

bool excludes_zero(const Difference& difference) {
    return difference.confidence && (difference.confidence->low > 0 || difference.confidence->high < 0);
}

Difference with_interval_of_unanimous(Difference difference) {
    if (!difference.confidence && difference.count > 1)
        difference.confidence = Interval{difference.estimate, difference.estimate};
    return difference;
}

Difference paired_difference(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) throw std::logic_error("paired samples of different lengths");
    std::vector<double> differences;
    for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
    const auto n = static_cast<double>(differences.size());
    const Difference difference{mean(differences), {}, {}, differences.size()};
    if (differences.size() < 2) return difference;
    const double scale = std::max(std::abs(mean(a)), std::abs(mean(b)));
    return with_t_test(difference, std::sqrt(variance(differences) / n), n - 1, scale);
}

Difference welch_difference(const std::vector<double>& a, const std::vector<double>& b) {
    const Difference difference{mean(a) - mean(b), {}, {}, std::min(a.size(), b.size())};
    if (difference.count < 2) return difference;
    const auto n_a = static_cast<double>(a.size()), n_b = static_cast<double>(b.size());
    const double part_a = variance(a) / n_a, part_b = variance(b) / n_b;
    const double both = part_a + part_b;
    const double degrees_of_freedom = squared(both) / (squared(part_a) / (n_a - 1) + squared(part_b) / (n_b - 1));
    const double scale = std::max(std::abs(mean(a)), std::abs(mean(b)));
    return with_t_test(difference, std::sqrt(both), degrees_of_freedom, scale);
}

}  // namespace dsqbench
