// The uniform staircase as a formula of elementwise.h: what the tensor formulas of grid.cpp and staircase.h say in ten
// passes over memory. The forward pass gives their bits; the backward pass their values to float32 rounding (tested).
// Plain numbers and pointers, as GPUs compile it as well.
#pragma once

#include "quantizers/lanes.h"

namespace dsqbench {

// The part of a staircase that one channel has.
struct ScalarStaircase {
    float l, u, offset, scale, highest;

    template <class Vector>
    DSQBENCH_INLINE Vector position(const Vector& x) const {
        return clamp_lanes((x - offset) / scale, 0, highest);
    }
    // Clamped before rounding, which needs small numbers: the bounds are integers, so the order does not matter.
    template <class Vector>
    DSQBENCH_INLINE Vector nearest_level(const Vector& x) const {
        return offset + rounded_product(scale, round_lanes(position(x)));
    }
};

// The gradients of l, u and alpha.
struct RangeSums {
    float l, u, alpha;
};

// From the sums of StaircaseFormula, or of another with the same.
DSQBENCH_INLINE RangeSums range_sums(const double* sums, const ScalarStaircase& stairs) {
    const double by_u = sums[2] / static_cast<double>(stairs.highest);
    return {static_cast<float>(sums[0] - sums[1] - by_u), static_cast<float>(by_u),
            static_cast<float>(sums[3]) * stairs.scale};
}

// A formula's forward pass, the same for whatever gradient stands in for the staircase's.
struct OnStaircase {
    ScalarStaircase stairs;

    template <class Vector>
    DSQBENCH_INLINE Vector value(const Vector& x) const {
        return stairs.nearest_level(x);
    }
};

enum class FusedNeeds { input, input_and_parameters };

// See staircase.h for the formulas. `Step` is a step in lanes. Sums of upstream * (1, dy/dx, n dy/du, dh/dalpha
// inside), n = stairs.highest.
template <class Step, FusedNeeds needs>
struct StaircaseFormula : OnStaircase {
    static constexpr int sum_count = needs == FusedNeeds::input ? 1 : 4;
    Step step;
    bool soft_q;

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& x, const Vector& upstream, Vector (&sums)[sum_count]) const {
        const Vector v = stairs.position(x);
        const Vector interval = at_most_lanes(floor_lanes(v), stairs.highest - 1);
        const Vector t = v - interval;
        const Vector inside = where_within(x, stairs.l, stairs.u, upstream);
        const auto at_t = step.at(t);
        const Vector found = inside * at_t.slope();
        if constexpr (needs == FusedNeeds::input_and_parameters) {
            const Vector q = soft_q ? interval + at_t.value() : round_lanes(v);
            sums[0] += upstream;
            sums[1] += found;
            sums[2] += upstream * q;
            sums[2] -= found * v;
            sums[3] += inside * at_t.by_alpha();
        }
        return found;
    }
};

// The straight-through estimator's step in lanes: h(t) = t.
struct StraightLane {
    static constexpr bool needs_alpha = false;

    template <class Vector>
    struct At {
        Vector t;
        DSQBENCH_INLINE Vector value() const { return t; }
        DSQBENCH_INLINE Vector slope() const { return all_lanes<Vector>(1); }
        DSQBENCH_INLINE Vector by_alpha() const { return Vector{}; }
    };
    template <class Vector>
    DSQBENCH_INLINE At<Vector> at(const Vector& t) const {
        return {t};
    }

    DSQBENCH_INLINE static StraightLane of(float /*alpha*/, float /*width*/) { return {}; }
};

}  // namespace dsqbench
