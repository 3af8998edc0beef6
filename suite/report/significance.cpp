#include "suite/report/significance.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "suite/core/random.h"

namespace dsqbench {

namespace {

constexpr std::size_t most_exact_values = 20;  // a million patterns
constexpr int random_patterns = 100000;

double sum_with_signs(const std::vector<double>& values, std::uint64_t signs) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += signs >> i & 1u ? -values[i] : values[i];
    return sum;
}

double sampled_p_value(const std::vector<double>& values, double threshold) {
    Random random(derive_seed(0, "sign flips"));
    int reached = 1;
    for (int pattern = 0; pattern < random_patterns; ++pattern) {
        double sum = 0;
        for (const double value : values) sum += random.next() >> 63 ? -value : value;
        reached += std::abs(sum) >= threshold ? 1 : 0;
    }
    return static_cast<double>(reached) / (random_patterns + 1);
}

// Of an observed share of pairs when the true probability is p; m and n runs (Newcombe 2006, method 5).
double variance_of_share(double p, double m, double n) {
    const double mean_size = (m + n) / 2;
    return p * (1 - p) * (1 + (mean_size - 1) * ((1 - p) / (2 - p) + p / (1 + p))) / (m * n);
}

// The probability farthest from `share`, towards `end`, that is within 1.96 of its own standard errors.
double limit(double share, double end, double m, double n) {
    const double z = boost::math::quantile(boost::math::normal(), 0.975);
    double inside = share, outside = end;
    for (int halving = 0; halving < 60; ++halving) {
        const double middle = (inside + outside) / 2;
        const bool within = std::abs(middle - share) <= z * std::sqrt(variance_of_share(middle, m, n));
        (within ? inside : outside) = middle;
    }
    return inside;
}

}  // namespace

std::vector<double> holm_adjusted(const std::vector<double>& p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return p_values[a] < p_values[b]; });
    std::vector<double> adjusted(p_values.size());
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const double candidate = static_cast<double>(order.size() - rank) * p_values[order[rank]];
        largest = std::max(largest, std::min(1.0, candidate));
        adjusted[order[rank]] = largest;
    }
    return adjusted;
}

double sign_flip_p_value(const std::vector<double>& differences) {
    if (differences.empty()) throw std::logic_error("a permutation test of no differences");
    const double observed = std::abs(sum_with_signs(differences, 0));
    double size = 0;
    for (const double value : differences) size += std::abs(value);
    const double threshold = observed - 1e-12 * size;  // sums that are equal but for rounding count
    if (differences.size() > most_exact_values) return sampled_p_value(differences, threshold);
    const std::uint64_t patterns = std::uint64_t{1} << differences.size();
    std::uint64_t reached = 0;
    for (std::uint64_t signs = 0; signs < patterns; ++signs)
        reached += std::abs(sum_with_signs(differences, signs)) >= threshold ? 1 : 0;
    return static_cast<double>(reached) / static_cast<double>(patterns);
}

double smallest_sign_flip_p_value(std::size_t count) {
    return std::pow(2.0, 1 - static_cast<double>(count));
}

double equivalence_p_value(const Estimate& estimate, double margin) {
    if (!estimate.confidence) return std::abs(estimate.value) < margin ? 0 : 1;
    const boost::math::students_t distribution(estimate.degrees_of_freedom);
    const double above_low = (estimate.value + margin) / estimate.standard_error;
    const double below_high = (margin - estimate.value) / estimate.standard_error;
    return boost::math::cdf(complement(distribution, std::min(above_low, below_high)));
}

Superiority superiority(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.empty() || b.empty()) throw std::logic_error("superiority over no runs");
    double wins = 0;
    for (const double of_a : a)
        for (const double of_b : b) wins += of_a > of_b ? 1 : of_a == of_b ? 0.5 : 0;
    const auto m = static_cast<double>(a.size()), n = static_cast<double>(b.size());
    const double share = wins / (m * n);
    return {share, {limit(share, 0, m, n), limit(share, 1, m, n)}};
}

}  // namespace dsqbench
