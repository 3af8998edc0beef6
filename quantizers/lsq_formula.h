// LSQ's gradient (lsq.cpp) as a formula of elementwise.h.
#pragma once

#include <cmath>

#include "quantizers/staircase_formula.h"

namespace dsqbench {

// One channel. The sum is upstream (clip(round(v)) - v inside), v from the lowest level on as in the forward pass.
struct LsqFormula : OnStaircase {  // l and u of `stairs`: the smallest and the largest number that is not clipped
    static constexpr int sum_count = 1;
    float lowest;  // -Q_N

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& x, const Vector& upstream, Vector (&sums)[sum_count]) const {
        const Vector position = stairs.position(x);
        const Vector inside = where_within(x, stairs.l, stairs.u, upstream);
        sums[0] += upstream * (round_lanes(position) + lowest) - inside * (position + lowest);
        return inside;
    }

    // From the step, -Q_N and Q_P.
    DSQBENCH_INLINE static LsqFormula of(float step, float lowest, float highest) {
        return {{{std::nextafter(step * lowest, INFINITY), std::nextafter(step * highest, -INFINITY), step * lowest,
                  step, highest - lowest}},
                lowest};
    }
};

}  // namespace dsqbench
