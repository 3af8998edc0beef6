#include "kernels/portable/folded_thresholds.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/api/budget.h"
#include "kernels/portable/finish.h"

namespace dsqbench {
namespace {

constexpr std::int64_t floor_division(std::int64_t a, std::int64_t b) {  // b > 0
    return a / b - (a % b < 0 ? 1 : 0);
}

constexpr std::ptrdiff_t packed_place(std::ptrdiff_t channel) {
    const std::ptrdiff_t quarter = channel / 4 % 4;
    return channel / 16 * 16 + (quarter == 1 ? 2 : quarter == 2 ? 1 : quarter) * 4 + channel % 4;
}

bool fold_channel(const FinishPlan& plan, std::ptrdiff_t channel, FoldedThresholds& thresholds) {
    const auto c = static_cast<std::size_t>(channel);
    const std::int64_t factor = plan.factors[c], constant = plan.constants[c];
    if (factor == 0) return false;
    const std::int64_t divisor = thresholds.has_rows ? 1 : std::abs(factor);
    // Of the sum, and so of the levels that matter; differences of two such numbers must fit int32.
    const std::int64_t bound = (plan.largest_total + std::abs(constant)) / divisor + 1;
    if (bound >= std::numeric_limits<std::int32_t>::max() / 2) return false;
    thresholds.masks[c] = factor < 0 ? -1 : 0;
    const int count = (1 << plan.bits) - 1;
    std::vector<std::int64_t> folded;
    for (int i = 0; i < count; ++i) {
        const std::int64_t level = plan.levels[static_cast<std::size_t>(i * plan.padded_channels + channel)];
        const std::int64_t exact = (factor > 0 ? 0 : -1) - floor_division(constant - level, divisor);
        folded.push_back(std::clamp(exact, -bound, bound));
    }
    std::sort(folded.begin(), folded.end());
    const std::int64_t lowest = folded.front(), highest = folded.back(), base = lowest + (highest - lowest) / 2;
    if (!fits({static_cast<int>(lowest - base), static_cast<int>(highest - base)}, {-32767, 32767})) return false;
    thresholds.bases[c] = static_cast<std::int32_t>(base);
    for (int i = 0; i < count; ++i)
        thresholds.levels[static_cast<std::size_t>(i * plan.padded_channels + packed_place(channel))] =
            static_cast<std::int16_t>(folded[static_cast<std::size_t>(i)] - base);
    thresholds.falling = thresholds.falling || factor < 0;
    return true;
}

}  // namespace

FoldedThresholds fold_thresholds(const FinishPlan& plan) {
    FoldedThresholds thresholds;
    // The order of 16 needs whole sixteens; kernels with smaller blocks do not read it.
    if (plan.padded_channels % 16 != 0) return thresholds;
    const auto channels = static_cast<std::size_t>(plan.padded_channels);
    thresholds.masks.resize(channels);
    thresholds.bases.resize(channels);
    thresholds.levels.resize(channels * ((std::size_t{1} << plan.bits) - 1));
    // Equal for all channels but for the sign, which is the direction's.
    const auto sign = [](std::int32_t factor) { return factor < 0 ? -1 : 1; };
    if (plan.out_channels > 0 && plan.row_factors[0] != 0) {
        thresholds.has_rows = true;
        thresholds.scale = std::abs(plan.factors[0]);
        thresholds.row_factor = plan.row_factors[0] * sign(plan.factors[0]);
    }
    thresholds.usable = true;
    for (std::ptrdiff_t channel = 0; channel < plan.out_channels && thresholds.usable; ++channel)
        thresholds.usable = fold_channel(plan, channel, thresholds);
    return thresholds;
}

}  // namespace dsqbench
