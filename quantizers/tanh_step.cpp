#include "quantizers/tanh_step.h"

#include <ATen/core/grad_mode.h>

namespace dsqbench {

TanhStep::TanhStep(const at::Tensor& alpha, const at::Tensor& width) {
    const at::NoGradGuard no_gradient;
    const at::Tensor a = alpha.detach().clamp(smallest_alpha, largest_alpha);
    const at::Tensor wanted = (2 / a - 1).log();
    const at::Tensor bound = largest_k * width;
    kappa_ = at::minimum(wanted, bound);
    s_ = 1 / (kappa_ / 2).tanh();
    kappa_by_alpha_ = -2 / (a * (2 - a)) * wanted.le(bound);
}

at::Tensor TanhStep::value(const at::Tensor& t) const {
    return (1 + s_ * (kappa_ * (t - 0.5)).tanh()) / 2;
}

at::Tensor TanhStep::slope(const at::Tensor& t) const {
    return kappa_ * s_ / 2 * (1 - (kappa_ * (t - 0.5)).tanh().square());
}

// dh/dkappa times dkappa/dalpha; ds/dkappa = (1 - s^2) / 2.
at::Tensor TanhStep::by_alpha(const at::Tensor& t) const {
    const at::Tensor tanh = (kappa_ * (t - 0.5)).tanh();
    const at::Tensor by_kappa = (s_ * (t - 0.5) * (1 - tanh.square()) + (1 - s_.square()) / 2 * tanh) / 2;
    return by_kappa * kappa_by_alpha_;
}

TanhStep::Lane TanhStep::lane(std::int64_t channel) const {
    const auto of_channel = [channel](const at::Tensor& values) { return values.flatten()[channel].item<float>(); };
    return {of_channel(kappa_), of_channel(s_), of_channel(kappa_by_alpha_)};
}

}  // namespace dsqbench
