// valid_range() of range.h in plain numbers.
#pragma once

#include <cmath>

#include "quantizers/lanes.h"

namespace dsqbench {

inline constexpr double smallest_width = 1e-6;
inline constexpr double smallest_relative_width = 1e-4;
inline constexpr double largest_bound = 1e30;
inline constexpr double largest_middle = 0.99 * largest_bound;  // so that an opened range stays within the bounds

struct RangeBounds {
    float l, u;
};

DSQBENCH_INLINE float at_least(float x, float low) {
    return x < low ? low : x;
}

// The bits of the tensor operations in range.cpp.
DSQBENCH_INLINE RangeBounds valid_bounds(float low, float high) {
    constexpr auto bound = static_cast<float>(largest_bound), inner = static_cast<float>(largest_middle);
    const float l = clamp_lanes(low, -bound, bound), u = clamp_lanes(high, -bound, bound);
    if (l != l || u != u) return {l, u};
    const float relative = at_least(std::fabs(l), std::fabs(u)) * static_cast<float>(smallest_relative_width);
    const float epsilon = at_least(relative, static_cast<float>(smallest_width));
    const float middle = clamp_lanes((l + u) / 2, -inner, inner);
    const bool is_narrow = u - l < epsilon;
    return {is_narrow ? middle - epsilon : l, is_narrow ? middle + epsilon : u};
}

}  // namespace dsqbench
