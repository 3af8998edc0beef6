// PACT's gradient (pact.cpp) as a formula of elementwise.h.
#pragma once

#include "quantizers/staircase_formula.h"

namespace dsqbench {

struct PactFormula : OnStaircase {
    static constexpr int sum_count = 1;  // of the gradient above the clipping level

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& x, const Vector& upstream, Vector (&sums)[sum_count]) const {
        const Vector above = where_at_least(x, stairs.u, upstream);
        sums[0] += above;
        return where_at_least(x, 0, upstream) - above;
    }

    DSQBENCH_INLINE static PactFormula of(float clip, float highest) {
        return {{{0, clip, 0, clip / highest, highest}}};
    }
};

}  // namespace dsqbench
