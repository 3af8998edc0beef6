// Thresholds with the affine correction folded into them, narrow enough for 16-bit lanes.
#pragma once

#include <cstdint>

#include "kernels/portable/aligned_vector.h"

namespace dsqbench {

struct FinishPlan;

// A channel rises or falls with its sum S of elements, at factor f and constant c:
//     level <= f S + c   is   ceil((level - c) / f) <= S            for f > 0
//                             -1 - floor((c - level) / -f) <= ~S    for f < 0, as ~S = -1 - S
// so that its code is how many of its folded levels are <= (S ^ mask) - base. Where the total has a part of the pixel's
// row sum R too, S is |f| S + r R and f is 1 or -1. The base puts a channel's levels around
// 0, where they fit 16 bits; a difference beyond 16 bits may then be saturated, as no level is beyond.
struct FoldedThresholds {
    bool usable = false;    // there are thresholds, no overflow, and the levels fit
    bool has_rows = false;  // whether S must be replaced by scale * S + row_factor * R
    std::int32_t scale = 1, row_factor = 0;
    bool falling = false;  // whether any mask is not 0
    AlignedVector<std::int32_t> masks, bases;
    // [2^bits - 1][padded channels], a channel's in rising order; 16 channels in the order in which vpackssdw leaves
    // them: 0 .. 3, 8 .. 11, 4 .. 7, 12 .. 15.
    AlignedVector<std::int16_t> levels;
};

// `plan`: complete, of Thresholds.
FoldedThresholds fold_thresholds(const FinishPlan& plan);

}  // namespace dsqbench
