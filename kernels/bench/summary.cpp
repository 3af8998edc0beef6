#include "kernels/bench/summary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dsqbench {
namespace {

double quantile(const std::vector<double>& sorted, double part) {
    const double place = part * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

}  // namespace

Summary summarise(std::vector<double> samples) {
    if (samples.empty()) return {};
    std::sort(samples.begin(), samples.end());
    const double median = quantile(samples, 0.5);
    const double between_quartiles = quantile(samples, 0.75) - quantile(samples, 0.25);
    return {median, quantile(samples, 0.1), samples.front(), median > 0 ? 100 * between_quartiles / median : 0};
}

}  // namespace dsqbench
