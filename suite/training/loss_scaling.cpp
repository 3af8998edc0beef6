#include "suite/training/loss_scaling.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace dsqbench {

namespace {

constexpr double factor = 2;
constexpr std::int64_t steps_before_growth = 2000;
constexpr double largest_scale = 0x1p127;

// One question to the device, whatever the number of parameters.
bool all_finite(const std::vector<at::Tensor>& gradients) {
    std::vector<at::Tensor> finite;
    for (const auto& gradient : gradients) finite.push_back(at::isfinite(gradient).all());
    return finite.empty() || at::stack(finite).all().item<bool>();
}

}  // namespace

bool LossScaling::is_scale(double value) {
    int exponent = 0;
    return std::frexp(value, &exponent) == 0.5 && value >= 1 && value <= largest_scale;
}

LossScaling::LossScaling(double scale) : scale_(at::full({}, scale, at::kDouble)) {}

double LossScaling::scale() const {
    return scale_.item<double>();
}

StepChoice LossScaling::divide_gradients(Network& network) {
    const at::NoGradGuard no_grad;
    const double now = scale();
    std::vector<at::Tensor> gradients;
    for (auto& parameter : network.parameters())
        if (parameter.grad().defined()) gradients.push_back(parameter.mutable_grad().mul_(1 / now));
    if (!all_finite(gradients) && now > 1) {
        scale_.fill_(now / factor);
        steps_.zero_();
        return StepChoice::left_out;
    }
    steps_.add_(1);
    if (steps_.item<std::int64_t>() == steps_before_growth) {
        scale_.fill_(std::min(largest_scale, now * factor));
        steps_.zero_();
    }
    return StepChoice::made;
}

}  // namespace dsqbench
