#include <gtest/gtest.h>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

TEST(SteLearnedRange, gradients_are_those_of_the_rounding_error) {
    const at::Tensor x = at::tensor({-2.0, 0.1, 0.4, 2.9, 3.5}, at::kDouble), upstream = normal_sample({5});
    const auto quantizer = calibrated("ste-lu", settings_of(QuantizerRole::weight, 2), x);
    set_parameter(*quantizer, "l", 0);
    set_parameter(*quantizer, "u", 3);  // D = 1: v = x
    const auto gradients = gradients_of(*quantizer, x, upstream);
    EXPECT_TRUE(at::equal(gradients.at("x"), upstream * at::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble)));
    // (round(v) - v) / 3 inside; the ends belong to whom they clip.
    const at::Tensor by_u = at::tensor({0.0, -0.1 / 3, -0.4 / 3, 0.1 / 3, 1.0}, at::kDouble);
    const at::Tensor by_l = at::tensor({1.0, 0.1 / 3, 0.4 / 3, -0.1 / 3, 0.0}, at::kDouble);
    EXPECT_NEAR(gradients.at("u").item<double>(), (upstream * by_u).sum().item<double>(), 1e-12);
    EXPECT_NEAR(gradients.at("l").item<double>(), (upstream * by_l).sum().item<double>(), 1e-12);
}

TEST(SteLearnedRange, gradients_of_x_match_finite_differences_of_the_clipping) {
    const at::Tensor x = normal_sample({50}), upstream = normal_sample({50}, 2);
    const auto quantizer = calibrated("ste-lu", settings_of(QuantizerRole::weight, 3), x);
    set_parameter(*quantizer, "l", -0.7);
    set_parameter(*quantizer, "u", 1.3);
    const auto clipping = [&] { return (x.clamp(-0.7, 1.3) * upstream).sum().item<double>(); };
    EXPECT_LT(largest_difference(gradients_of(*quantizer, x, upstream).at("x"), finite_differences(x, clipping)), 1e-8);
}

TEST(SteLearnedRange, does_not_move_by_itself) {
    const at::Tensor x = normal_sample({50});
    const auto quantizer = calibrated("ste-lu", settings_of(QuantizerRole::activation, 2), x);
    const auto before = quantizer->state_summary();
    quantizer->forward(9 * x);
    EXPECT_EQ(quantizer->state_summary(), before);
}

}  // namespace
}  // namespace dsqbench
