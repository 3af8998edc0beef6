// DSQ's step: eq. 3 to 8 of Gong et al., "Differentiable Soft Quantization", ICCV 2019 (arXiv 1908.05033).
//     phi(x) = s tanh(k (x - m_i)),  m_i the middle of interval i                                (3)
//     s = 1 / tanh(k D / 2)                                                                      (4)
//     alpha = 1 - tanh(k D / 2) = 1 - 1 / s,  s = 1 / (1 - alpha),  k = ln(2 / alpha - 1) / D    (6, 7, 8)
// In t, the place within the interval, with kappa = k D:  h(t) = (1 + s tanh(kappa (t - 1/2))) / 2. Its mean slope is
// h(1) - h(0) = 1: larger than the straight-through estimator's at the decision threshold t = 1/2, smaller at the
// levels.
#pragma once

#include <ATen/ATen.h>

#include "quantizers/tanh_lane.h"

namespace dsqbench {

class TanhStep {
public:
    // `alpha` is clamped to its bounds; `width` is D.
    TanhStep(const at::Tensor& alpha, const at::Tensor& width);

    at::Tensor value(const at::Tensor& t) const;
    at::Tensor slope(const at::Tensor& t) const;
    // Eq. 10. The bound on k counts as a constant.
    at::Tensor by_alpha(const at::Tensor& t) const;

    // The same for one channel.
    using Lane = TanhLane;
    Lane lane(std::int64_t channel) const;

private:
    struct Coefficients {
        at::Tensor kappa, s, kappa_by_alpha;
    };
    Coefficients coefficients() const;

    at::Tensor alpha_, width_;
};

}  // namespace dsqbench
