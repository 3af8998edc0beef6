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
        float kappa, s, kappa_by_alpha;

        DSQBENCH_INLINE Lanes value(const Lanes& t) const { return (1 + s * tanh(t)) * 0.5F; }
        DSQBENCH_INLINE Lanes slope(const Lanes& t) const {
            const Lanes phi = tanh(t);
            return (kappa * s * 0.5F) * (1 - phi * phi);
        }
        DSQBENCH_INLINE Lanes by_alpha(const Lanes& t) const {
            const Lanes phi = tanh(t);
            const Lanes by_kappa = (s * (t - 0.5F) * (1 - phi * phi) + (1 - s * s) * 0.5F * phi) * 0.5F;
            return by_kappa * kappa_by_alpha;
        }

    private:
        DSQBENCH_INLINE Lanes tanh(const Lanes& t) const { return tanh_lanes(kappa * (t - 0.5F)); }
    };
    Lane lane(std::int64_t channel) const;

private:
    at::Tensor kappa_, s_;
    at::Tensor kappa_by_alpha_;
};

}  // namespace dsqbench
