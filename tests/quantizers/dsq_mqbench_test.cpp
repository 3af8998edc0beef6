#include <gtest/gtest.h>

#include <cmath>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

std::shared_ptr<Quantizer> mqbench(QuantizerRole role, int bits, const at::Tensor& x) {
    return calibrated("dsq-mqbench", settings_of(role, bits), x);
}

// v = x / scale + zero_point, clamped; floor(v) + (s tanh(kappa (v - floor(v) - 1/2)) + 1) / 2; back by (v -
// zero_point) scale: as its code computes it.
double soft(double x, double scale, double zero_point, double n) {
    const double s = 1 / (1 - 0.4), kappa = std::log((s + 1) / (s - 1));
    const double v = std::clamp(x / scale + zero_point, 0.0, n);
    return (std::floor(v) + (s * std::tanh(kappa * (v - std::floor(v) - 0.5)) + 1) / 2 - zero_point) * scale;
}

TEST(DsqMqbench, soft_function_is_mqbench_s_with_alpha_0_4) {
    at::Tensor w = normal_sample({60});
    for (int bits = 2; bits <= 8; ++bits) {
        const auto quantizer = mqbench(QuantizerRole::weight, bits, w);
        const double n = std::pow(2, bits) - 1, mean = w.mean().item<double>();
        const double deviation = std::sqrt((w - mean).square().mean().item<double>());
        const double scale = 2 * (std::abs(mean) + 2.6 * deviation) / n;
        const at::Tensor surrogate = quantizer->surrogate(w);
        for (int i = 0; i < 60; ++i)
            EXPECT_NEAR(surrogate[i].item<double>(), soft(w[i].item<double>(), scale, (n + 1) / 2, n), 1e-10);
    }
}

TEST(DsqMqbench, gradient_matches_finite_differences) {
    at::Tensor x = normal_sample({60}).abs();
    const auto quantizer = mqbench(QuantizerRole::activation, 3, x);
    quantizer->eval();
    const at::Tensor upstream = normal_sample({60}, 2);
    const at::Tensor gradient = gradients_of(*quantizer, x, upstream).at("x");
    const auto value = [&] { return (quantizer->surrogate(x) * upstream).sum().item<double>(); };
    const at::Tensor numeric = finite_differences(x, value);
    // The largest activation is the range's end, where only one side has a slope.
    const at::Tensor inner = x.lt(x.max());
    EXPECT_LT(largest_difference(gradient * inner, numeric * inner), 1e-6);
}

TEST(DsqMqbench, has_zero_on_its_grid) {
    const at::Tensor x = normal_sample({100}).to(at::kFloat) + 0.3f, zero = at::zeros({1});
    for (const auto role : {QuantizerRole::weight, QuantizerRole::activation})
        for (int bits = 2; bits <= 8; ++bits) {
            const auto quantizer = mqbench(role, bits, x);
            quantizer->eval();
            EXPECT_EQ(quantizer->forward(zero).item<float>(), 0) << bits;
        }
}

TEST(DsqMqbench, keeps_positive_activations_on_zero_to_max) {
    const at::Tensor x = normal_sample({100}).abs() + 1;
    const Grid grid = mqbench(QuantizerRole::activation, 4, x)->grid();
    EXPECT_EQ(grid.offset.item<double>(), 0);
    EXPECT_NEAR((grid.scale * 15).item<double>(), x.max().item<double>(), 1e-12);
}

TEST(DsqMqbench, learns_nothing) {
    EXPECT_TRUE(mqbench(QuantizerRole::weight, 2, normal_sample({10}))->parameters().empty());
}

}  // namespace
}  // namespace dsqbench
