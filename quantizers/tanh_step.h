// DSQ's step: eq. 3 to 8 of Gong et al., "Differentiable Soft Quantization", ICCV 2019 (arXiv 1908.05033).
//     phi(x) = s tanh(k (x - m_i)),  m_i the middle of interval i                                (3)
//     s = 1 / tanh(k D / 2)                                                                      (4)
//     alpha = 1 - tanh(k D / 2) = 1 - 1 / s,  s = 1 / (1 - alpha),  k = ln(2 / alpha - 1) / D    (6, 7, 8)
// In t, the place within the interval, with kappa = k D:  h(t) = (1 + s tanh(kappa (t - 1/2))) / 2. Its mean slope is
// h(1) - h(0) = 1: larger than the straight-through estimator's at the decision threshold t = 1/2, smaller at the
// levels.
#pragma once

#include <ATen/ATen.h>

#include "quantizers/lanes.h"

namespace dsqbench {

// 0 < alpha < 0.5 and k <= 1000 (section 4.2.3 of the paper). They contradict each other when D < ln(3) / 1000, an
// 8-bit grid narrower than 0.28; then the bound on k wins, kappa = 1000 D, s follows kappa by eq. 4, and alpha has no
// effect and no gradient. kappa -> 0 is the straight-through estimator, so the bound never breaks anything.
inline constexpr double smallest_alpha = 1e-6;  // kappa = 14.5: 1 - alpha still differs from 1 in float32
inline constexpr double largest_alpha = 0.5 - 1e-6;
inline constexpr double largest_k = 1000;

class TanhStep {
public:
    // `alpha` is clamped to its bounds; `width` is D.
    TanhStep(const at::Tensor& alpha, const at::Tensor& width);

    at::Tensor value(const at::Tensor& t) const;
    at::Tensor slope(const at::Tensor& t) const;
    // Eq. 10. The bound on k counts as a constant.
    at::Tensor by_alpha(const at::Tensor& t) const;

    // The same for one channel, in lanes.
    struct Lane {
        // Products of constants, with y = kappa (t - 1/2), |kappa| <= 14.5, and phi = tanh(y): value = 1/2 + half_s
        // phi, slope = steepness (1 - phi^2), by_alpha = by_y y (1 - phi^2) + by_phi phi.
        float kappa, half_s, steepness, by_y, by_phi;

        template <class Vector>
        struct At {
            const Lane& lane;
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
    };
    Lane lane(std::int64_t channel) const;

private:
    struct Coefficients {
        at::Tensor kappa, s, kappa_by_alpha;
    };
    Coefficients coefficients() const;

    at::Tensor alpha_, width_;
};

}  // namespace dsqbench
