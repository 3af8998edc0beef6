// Samples and gradients for the tests of quantizers.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "quantizers/quantizer.h"
#include "suite/core/random.h"

namespace dsqbench {

// Standard-normal numbers in float64.
inline at::Tensor normal_sample(const std::vector<std::int64_t>& shape, std::uint64_t seed = 1) {
    at::Tensor sample = at::empty(shape, at::kDouble);
    Random random(seed);
    for (std::int64_t i = 0; i < sample.numel(); ++i) sample.data_ptr<double>()[i] = random.normal();
    return sample;
}

inline QuantizerSettings settings_of(QuantizerRole role, int bits, nlohmann::json options = nlohmann::json::object(),
                                     std::int64_t channels = 0) {
    QuantizerSettings settings;
    settings.role = role;
    settings.bits = bits;
    settings.options = std::move(options);
    settings.channels = channels;
    return settings;
}

inline std::shared_ptr<Quantizer> calibrated(const std::string& name, const QuantizerSettings& settings,
                                             const at::Tensor& x) {
    auto quantizer = make_quantizer(name, settings);
    quantizer->calibrate(x);
    return quantizer;
}

inline at::Tensor parameter_of(Quantizer& quantizer, const std::string& name) {
    return quantizer.named_parameters()[name];
}

inline void set_parameter(Quantizer& quantizer, const std::string& name, double value) {
    const at::NoGradGuard no_gradient;
    parameter_of(quantizer, name).fill_(value);
}

// Gradients of sum(upstream * quantizer(x)): "x" and every parameter by name.
inline std::map<std::string, at::Tensor> gradients_of(Quantizer& quantizer, const at::Tensor& x,
                                                      const at::Tensor& upstream) {
    quantizer.zero_grad();
    const at::Tensor leaf = x.detach().clone().requires_grad_();
    (quantizer.forward(leaf) * upstream).sum().backward();
    std::map<std::string, at::Tensor> gradients{{"x", leaf.grad()}};
    for (const auto& parameter : quantizer.named_parameters())
        gradients[parameter.key()] =
            parameter.value().grad().defined() ? parameter.value().grad().clone() : at::Tensor();
    return gradients;
}

// Central differences of a scalar function by each element of `variable`, which the function reads.
inline at::Tensor finite_differences(const at::Tensor& variable, const std::function<double()>& function,
                                     double step = 1e-6) {
    const at::NoGradGuard no_gradient;
    at::Tensor differences = at::empty_like(variable);
    const at::Tensor flat = variable.view({-1});
    for (std::int64_t i = 0; i < flat.numel(); ++i) {
        const double before = flat[i].item<double>();
        flat[i].fill_(before + step);
        const double above = function();
        flat[i].fill_(before - step);
        const double below = function();
        flat[i].fill_(before);
        differences.view({-1})[i].fill_((above - below) / (2 * step));
    }
    return differences;
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

}  // namespace dsqbench
