#include "quantizers/tanh_step.h"

#include <ATen/core/grad_mode.h>

namespace dsqbench {

TanhStep::TanhStep(const at::Tensor& alpha, const at::Tensor& width) : alpha_(alpha.detach()), width_(width.detach()) {}

TanhStep::Coefficients TanhStep::coefficients() const {
    const at::NoGradGuard no_gradient;
    const at::Tensor a = alpha_.clamp(smallest_alpha, largest_alpha);
    const at::Tensor wanted = (2 / a - 1).log();
    const at::Tensor bound = largest_k * width_;
    const at::Tensor kappa = at::minimum(wanted, bound);
    return {kappa, 1 / (kappa / 2).tanh(), -2 / (a * (2 - a)) * wanted.le(bound)};
}

at::Tensor TanhStep::value(const at::Tensor& t) const {
    const auto [kappa, s, by_alpha] = coefficients();
    return (1 + s * (kappa * (t - 0.5)).tanh()) / 2;
}

at::Tensor TanhStep::slope(const at::Tensor& t) const {
    const auto [kappa, s, by_alpha] = coefficients();
    return kappa * s / 2 * (1 - (kappa * (t - 0.5)).tanh().square());
}

// dh/dkappa times dkappa/dalpha; ds/dkappa = (1 - s^2) / 2.
at::Tensor TanhStep::by_alpha(const at::Tensor& t) const {
    const auto [kappa, s, kappa_by_alpha] = coefficients();
    const at::Tensor tanh = (kappa * (t - 0.5)).tanh();
    const at::Tensor by_kappa = (s * (t - 0.5) * (1 - tanh.square()) + (1 - s.square()) / 2 * tanh) / 2;
    return by_kappa * kappa_by_alpha;
}

// In plain numbers: a step asks for them at every site.
TanhStep::Lane TanhStep::lane(std::int64_t channel) const {
    const auto of_channel = [channel](const at::Tensor& values) {
        return values.contiguous().data_ptr<float>()[channel];
    };
    return Lane::of(of_channel(alpha_), of_channel(width_));
}

}  // namespace dsqbench
