#include "suite/deploy/thresholds.h"

#include <algorithm>

#include "suite/deploy/graph.h"

namespace dsqbench::deploy {

namespace {

// The first sum of [first, end) for which `reached` holds, which once true stays true; `end` when there is none.
template <class Reached>
std::int64_t first_where(std::int64_t first, std::int64_t end, Reached reached) {
    while (first < end) {
        const std::int64_t middle = first + (end - first) / 2;
        if (reached(middle))
            end = middle;
        else
            first = middle + 1;
    }
    return first;
}

}  // namespace

float ChannelFunction::value(std::int32_t sum) const {
    const auto convolution = static_cast<float>(unit * static_cast<double>(sum) + constant);
    const float y = convolution * scale + shift;
    return rectifier == Rectifier::relu ? std::max(y, 0.0F) : y;
}

Direction ChannelFunction::direction() const {
    return unit * static_cast<double>(scale) < 0 ? Direction::falling : Direction::rising;
}

void add_thresholds(const ChannelFunction& function, const RealGrid& grid, Range sums, Thresholds& thresholds) {
    const bool falling = function.direction() == Direction::falling;
    // A falling channel is a rising one of the negated sum.
    const int sign = falling ? -1 : 1;
    const std::int64_t lowest = falling ? -std::int64_t{sums.maximum} : sums.minimum;
    const std::int64_t highest = falling ? -std::int64_t{sums.minimum} : sums.maximum;
    for (int code = 1; code < 1 << grid.bits; ++code) {
        const std::int64_t level = first_where(lowest, highest + 1, [&](std::int64_t sum) {
            return code_on(grid, function.value(static_cast<std::int32_t>(sign * sum))) >= code;
        });
        thresholds.levels.push_back(static_cast<std::int32_t>(sign * level));
    }
    thresholds.directions.push_back(falling ? Direction::falling : Direction::rising);
}

}  // namespace dsqbench::deploy
