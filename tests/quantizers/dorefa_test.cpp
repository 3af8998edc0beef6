#include <gtest/gtest.h>

#include <cmath>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

std::shared_ptr<Quantizer> weights_of(int bits, const at::Tensor& w) {
    return calibrated("dorefa", settings_of(QuantizerRole::weight, bits), w);
}

TEST(DorefaWeights, are_the_formula_of_the_paper) {
    const at::Tensor w = normal_sample({50});
    double largest = 0;
    for (int i = 0; i < 50; ++i) largest = std::max(largest, std::abs(std::tanh(w[i].item<double>())));
    for (int bits = 2; bits <= 8; ++bits) {
        const double n = std::pow(2, bits) - 1;
        const at::Tensor y = weights_of(bits, w)->forward(w);
        for (int i = 0; i < 50; ++i) {
            const double r = std::tanh(w[i].item<double>()) / (2 * largest) + 0.5;
            EXPECT_NEAR(y[i].item<double>(), 2 * std::nearbyint(n * r) / n - 1, 1e-12);
        }
    }
}

TEST(DorefaWeights, gradient_is_that_of_the_normalised_tanh_maximum_included) {
    const at::Tensor w = normal_sample({20}), upstream = normal_sample({20}, 2);
    const auto quantizer = weights_of(2, w);
    const auto normalised = [&] { return (w.tanh() / w.tanh().abs().max() * upstream).sum().item<double>(); };
    const at::Tensor expected = finite_differences(w, normalised);
    EXPECT_LT(largest_difference(gradients_of(*quantizer, w, upstream).at("x"), expected), 1e-8);
}

TEST(DorefaWeights, hold_the_maximum_in_evaluation) {
    const at::Tensor w = normal_sample({20});
    const auto quantizer = weights_of(4, w);
    const at::Tensor before = quantizer->forward(w);
    quantizer->eval();
    EXPECT_TRUE(at::equal(quantizer->forward(w), before));
    EXPECT_TRUE(at::equal(quantizer->forward(3 * w).clamp(-1, 1), quantizer->forward(3 * w)));
    EXPECT_TRUE(at::equal(quantizer->forward(w), before));
}

TEST(DorefaWeights, at_one_bit_are_the_mean_magnitude_with_the_sign) {
    const at::Tensor w = at::tensor({-3.0, 1e-20, 0.0, 1.0}, at::kDouble);
    const auto quantizer = weights_of(1, w);
    EXPECT_TRUE(at::equal(quantizer->forward(w), at::tensor({-1.0, 1.0, 1.0, 1.0}, at::kDouble)));
    const at::Tensor upstream = normal_sample({4});
    EXPECT_TRUE(at::equal(gradients_of(*quantizer, w, upstream).at("x"), upstream));
}

TEST(DorefaWeights, survive_a_layer_of_zeros) {
    for (const int bits : {1, 2, 8}) {
        const at::Tensor zeros = at::zeros({4}, at::kDouble);
        EXPECT_TRUE(at::isfinite(weights_of(bits, zeros)->forward(zeros)).all().item<bool>());
    }
}

TEST(DorefaActivations, are_rounded_on_zero_to_one) {
    const at::Tensor x = at::tensor({-1.0, 0.0, 0.2, 0.6, 1.0, 4.0}, at::kDouble);
    const auto quantizer = calibrated("dorefa", settings_of(QuantizerRole::activation, 2), x);
    EXPECT_LT(
        largest_difference(quantizer->forward(x), at::tensor({0.0, 0.0, 1.0 / 3, 2.0 / 3, 1.0, 1.0}, at::kDouble)),
        1e-12);
    const auto gradients = gradients_of(*quantizer, x, at::ones({6}, at::kDouble));
    EXPECT_TRUE(at::equal(gradients.at("x"), at::tensor({0.0, 1.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble)));
}

}  // namespace
}  // namespace dsqbench
