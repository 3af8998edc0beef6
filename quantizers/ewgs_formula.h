// EWGS's gradient (ewgs.cpp) as a formula of elementwise.h.
#pragma once

#include "quantizers/staircase_formula.h"

namespace dsqbench {

// One channel; the sums are StaircaseFormula's, without alpha. g h' = g + delta |g| (z - z_q).
struct EwgsFormula : OnStaircase {
    static constexpr int sum_count = 4;
    float strength;  // delta / n

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& x, const Vector& upstream, Vector (&sums)[sum_count]) const {
        const Vector v = stairs.position(x), level = round_lanes(v);
        const Vector inside = where_within(x, stairs.l, stairs.u, upstream);
        const Vector found = inside + strength * magnitude_lanes(inside) * (v - level);
        sums[0] += upstream;
        sums[1] += found;
        sums[2] += upstream * level - found * v;
        return found;
    }
};

}  // namespace dsqbench
