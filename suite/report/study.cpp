#include "suite/report/study.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace dsqbench {

namespace {

constexpr std::size_t enough_seeds = 6;

double square(double x) {
    return x * x;
}

// What is left of each value after its cell's and its seed's mean; the sum of squares over its degrees of freedom.
double error_of(const Factorial& data) {
    const std::size_t cells = data.cells.size(), seeds = data.seeds();
    if (seeds < 2) return 0;
    std::vector<double> cell_mean, seed_mean(seeds, 0.0);
    for (const auto& values : data.values) {
        cell_mean.push_back(mean(values));
        for (std::size_t seed = 0; seed < seeds; ++seed) seed_mean[seed] += values[seed] / static_cast<double>(cells);
    }
    const double grand_mean = mean(cell_mean);
    double sum = 0;
    for (std::size_t cell = 0; cell < cells; ++cell)
        for (std::size_t seed = 0; seed < seeds; ++seed)
            sum += square(data.values[cell][seed] - cell_mean[cell] - seed_mean[seed] + grand_mean);
    return sum / static_cast<double>((cells - 1) * (seeds - 1));
}

double covariance_of(const std::vector<double>& a, const std::vector<double>& b) {
    const double mean_a = mean(a), mean_b = mean(b);
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
    return sum / static_cast<double>(a.size() - 1);
}

double largest_value(const Factorial& data) {
    double largest = 0;
    for (const auto& values : data.values)
        for (const double value : values) largest = std::max(largest, std::abs(value));
    return largest;
}

}  // namespace

ErrorModel error_model_for(std::size_t seeds) {
    return seeds >= enough_seeds ? ErrorModel::by_seed : ErrorModel::pooled;
}

double degrees_of_freedom_of(ErrorModel model, std::size_t seeds, std::size_t cells) {
    const double blocks = static_cast<double>(seeds) - 1;
    return model == ErrorModel::by_seed ? blocks : blocks * static_cast<double>(cells - 1);
}

Study::Study(Factorial data) : data_(std::move(data)) {
    require_balanced(data_);
    mean_square_error_ = error_of(data_);
}

std::vector<double> Study::by_seed(const Contrast& contrast) const {
    const Contrast weights = weights_on(contrast, factors(), data_.cells);
    std::vector<double> values(seeds(), 0.0);
    for (std::size_t cell = 0; cell < weights.size(); ++cell)
        for (std::size_t seed = 0; seed < seeds(); ++seed) values[seed] += weights[cell] * data_.values[cell][seed];
    return values;
}

double Study::degrees_of_freedom(ErrorModel model) const {
    return degrees_of_freedom_of(model, seeds(), data_.cells.size());
}

double Study::covariance(const Contrast& a, const Contrast& b, ErrorModel model) const {
    if (seeds() < 2) return 0;
    const auto n = static_cast<double>(seeds());
    if (model == ErrorModel::by_seed) return covariance_of(by_seed(a), by_seed(b)) / n;
    const Contrast on_a = weights_on(a, factors(), data_.cells), on_b = weights_on(b, factors(), data_.cells);
    double sum = 0;
    for (std::size_t cell = 0; cell < on_a.size(); ++cell) sum += on_a[cell] * on_b[cell];
    return sum * mean_square_error_ / n;
}

Estimate Study::estimate(const Contrast& contrast, ErrorModel model) const {
    Estimate estimate;
    estimate.value = mean(by_seed(contrast));
    estimate.degrees_of_freedom = degrees_of_freedom(model);
    if (seeds() < 2) return estimate;
    estimate.standard_error = std::sqrt(covariance(contrast, contrast, model));
    // As in statistics.cpp: a spread of nothing but rounding has no t test.
    if (estimate.standard_error <= 10 * std::numeric_limits<double>::epsilon() * largest_value(data_)) return estimate;
    const boost::math::students_t distribution(estimate.degrees_of_freedom);
    const double reach = boost::math::quantile(complement(distribution, 0.025)) * estimate.standard_error;
    estimate.confidence = Interval{estimate.value - reach, estimate.value + reach};
    estimate.p_value =
        2 * boost::math::cdf(complement(distribution, std::abs(estimate.value) / estimate.standard_error));
    return estimate;
}

}  // namespace dsqbench
