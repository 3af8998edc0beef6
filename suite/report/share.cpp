#include "suite/report/share.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "suite/core/random.h"

namespace dsqbench {

namespace {

constexpr std::size_t fewest_for_bootstrap = 8;
constexpr double clearly_above_zero = 3;  // standard errors

double total(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

double normal_cdf(double z) {
    return boost::math::cdf(boost::math::normal(), z);
}

double normal_quantile(double probability) {
    return boost::math::quantile(boost::math::normal(), std::clamp(probability, 1e-9, 1 - 1e-9));
}

// Without the i-th seed each.
std::vector<double> jackknife(const std::vector<double>& part, const std::vector<double>& whole) {
    const double all_part = total(part), all_whole = total(whole);
    std::vector<double> ratios;
    for (std::size_t i = 0; i < part.size(); ++i) ratios.push_back((all_part - part[i]) / (all_whole - whole[i]));
    return ratios;
}

double acceleration(const std::vector<double>& jackknifed) {
    const double centre = total(jackknifed) / static_cast<double>(jackknifed.size());
    double cubes = 0, squares = 0;
    for (const double value : jackknifed) {
        cubes += std::pow(centre - value, 3);
        squares += std::pow(centre - value, 2);
    }
    return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

// Linear between order statistics.
double percentile(const std::vector<double>& sorted, double probability) {
    const double place = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// How many of the sorted values lie below `value`, ties counting half, as a share.
double share_below(const std::vector<double>& sorted, double value) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    const auto below = static_cast<double>(first - sorted.begin()), equal = static_cast<double>(last - first);
    return (below + equal / 2) / static_cast<double>(sorted.size());
}

}  // namespace

std::optional<Interval> fieller_interval(const RatioMoments& m) {
    const double t2 = m.t * m.t;
    const double a = m.whole * m.whole - t2 * m.variance_of_whole;
    const double b = m.part * m.whole - t2 * m.covariance;
    const double c = m.part * m.part - t2 * m.variance_of_part;
    if (!(a > 0)) return std::nullopt;
    const double root = std::sqrt(std::max(0.0, b * b - a * c));
    return Interval{(b - root) / a, (b + root) / a};
}

std::optional<Interval> bootstrap_ratio_interval(const std::vector<double>& part, const std::vector<double>& whole,
                                                 std::uint64_t seed, int resamples) {
    const std::size_t n = part.size();
    if (n < 3) return std::nullopt;
    Random random(derive_seed(seed, "bootstrap"));
    std::vector<double> ratios;
    for (int resample = 0; resample < resamples; ++resample) {
        double of_part = 0, of_whole = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t drawn = random.below(n);
            of_part += part[drawn];
            of_whole += whole[drawn];
        }
        if (of_whole == 0) return std::nullopt;
        ratios.push_back(of_part / of_whole);
    }
    std::sort(ratios.begin(), ratios.end());
    const auto size = static_cast<double>(n);
    const double t = boost::math::quantile(complement(boost::math::students_t(size - 1), 0.025));
    const double expanded = t * std::sqrt(size / (size - 1));
    const double bias = normal_quantile(share_below(ratios, total(part) / total(whole)));
    const double a = acceleration(jackknife(part, whole));
    const auto level = [&](double z) {
        const double corrected = bias + (bias + z) / (1 - a * (bias + z));
        return std::isfinite(corrected) ? normal_cdf(corrected) : normal_cdf(z);
    };
    return Interval{percentile(ratios, level(-expanded)), percentile(ratios, level(expanded))};
}

std::optional<Share> share_of(const Study& study, const Contrast& part, const Contrast& whole, ErrorModel model) {
    const Estimate of_part = study.estimate(part, model), of_whole = study.estimate(whole, model);
    const bool clear = of_whole.confidence && of_whole.confidence->low > 0 &&
                       of_whole.value > clearly_above_zero * of_whole.standard_error;
    if (!clear) return std::nullopt;
    Share share{of_part.value / of_whole.value, {}, {}};
    const double t = boost::math::quantile(complement(boost::math::students_t(of_whole.degrees_of_freedom), 0.025));
    share.fieller = fieller_interval({of_part.value, of_whole.value, std::pow(of_part.standard_error, 2),
                                      std::pow(of_whole.standard_error, 2), study.covariance(part, whole, model), t});
    if (study.seeds() >= fewest_for_bootstrap)
        share.bootstrap = bootstrap_ratio_interval(study.by_seed(part), study.by_seed(whole), 0);
    return share;
}

}  // namespace dsqbench
