// DSQ's step (tanh_step.h) for one channel, in lanes.
#pragma once

#include <cmath>

#include "quantizers/lanes.h"

namespace dsqbench {

// 0 < alpha < 0.5 and k <= 1000 (section 4.2.3 of the paper). They contradict each other when D < ln(3) / 1000, an
// 8-bit grid narrower than 0.28; then the bound on k wins, kappa = 1000 D, s follows kappa by eq. 4, and alpha has no
// effect and no gradient. kappa -> 0 is the straight-through estimator, so the bound never breaks anything.
inline constexpr double smallest_alpha = 1e-6;  // kappa = 14.5: 1 - alpha still differs from 1 in float32
inline constexpr double largest_alpha = 0.5 - 1e-6;
inline constexpr double largest_k = 1000;

struct TanhLane {
    static constexpr bool needs_alpha = true;

    // Products of constants, with y = kappa (t - 1/2), |kappa| <= 14.5, and phi = tanh(y): value = 1/2 + half_s phi,
    // slope = steepness (1 - phi^2), by_alpha = by_y y (1 - phi^2) + by_phi phi.
    float kappa, half_s, steepness, by_y, by_phi;

    template <class Vector>
    struct At {
        const TanhLane& lane;
        Vector y, phi, rest;  // rest = 1 - phi^2

        DSQBENCH_INLINE Vector value() const { return 0.5F + lane.half_s * phi; }
        DSQBENCH_INLINE Vector slope() const { return lane.steepness * rest; }
        DSQBENCH_INLINE Vector by_alpha() const { return lane.by_y * y * rest + lane.by_phi * phi; }
    };
    template <class Vector>
    DSQBENCH_INLINE At<Vector> at(const Vector& t) const {
        const Vector y = kappa * t - kappa / 2;
        const Vector phi = tanh_lanes_within(y);
        return {*this, y, phi, 1 - phi * phi};
    }

    // The coefficients of TanhStep in plain numbers; `width` is D.
    DSQBENCH_INLINE static TanhLane of(float alpha, float width) {
        const float a = clamp_lanes(alpha, static_cast<float>(smallest_alpha), static_cast<float>(largest_alpha));
        const float wanted = std::log(2 / a - 1), bound = static_cast<float>(largest_k) * width;
        const float kappa = at_most_lanes(wanted, bound);
        const float scale = 1 / std::tanh(kappa / 2);  // the paper's s
        const float kappa_by_alpha = wanted <= bound ? -2 / (a * (2 - a)) : 0.0F;
        return {kappa, scale / 2, kappa * scale / 2, scale / 2 * kappa_by_alpha / kappa,
                (1 - scale * scale) / 4 * kappa_by_alpha};
    }
};

}  // namespace dsqbench
