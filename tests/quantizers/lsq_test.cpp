#include <gtest/gtest.h>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

QuantizerSettings without_gradient_scale(QuantizerRole role, int bits) {
    return settings_of(role, bits, {{"gradient_scale", "none"}});
}

// By hand, weights of 2 bits, s = 0.5: levels -1, -0.5, 0, 0.5.
TEST(Lsq, gradients_are_those_of_equation_3) {
    const at::Tensor x = at::tensor({-2.0, -0.6, 0.1, 0.2, 0.9}, at::kDouble);
    const auto quantizer = calibrated("lsq", without_gradient_scale(QuantizerRole::weight, 2), x);
    set_parameter(*quantizer, "step", 0.5);
    EXPECT_LT(largest_difference(quantizer->forward(x).detach(), at::tensor({-1.0, -0.5, 0.0, 0.0, 0.5}, at::kDouble)),
              1e-12);
    const at::Tensor upstream = normal_sample({5});
    const auto gradients = gradients_of(*quantizer, x, upstream);
    EXPECT_TRUE(at::equal(gradients.at("x"), upstream * at::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble)));
    // round(v) - v inside, -Q_N = -2 below, Q_P = 1 above.
    const at::Tensor by_step = at::tensor({-2.0, -1 + 1.2, -0.2, -0.4, 1.0}, at::kDouble);
    EXPECT_NEAR(gradients.at("step").item<double>(), (upstream * by_step).sum().item<double>(), 1e-12);
}

TEST(Lsq, gradient_of_the_step_matches_finite_differences_where_codes_stay) {
    // Rounding held fixed, y = s round(v): dy/ds = round(v), and the straight-through -v is what eq. 3 adds.
    const at::Tensor x = 2 * normal_sample({200}).abs(), upstream = normal_sample({200}, 2);
    const auto quantizer = calibrated("lsq", without_gradient_scale(QuantizerRole::activation, 3), x);
    set_parameter(*quantizer, "step", 0.4);
    const auto output = [&] { return (quantizer->forward(x) * upstream).sum().item<double>(); };
    const at::Tensor measured = finite_differences(parameter_of(*quantizer, "step").detach(), output, 1e-9);
    const at::Tensor v = x / 0.4;
    const at::Tensor straight_through = (upstream * v * v.lt(7)).sum();
    const double expected = measured.item<double>() - straight_through.item<double>();
    EXPECT_NEAR(gradients_of(*quantizer, x, upstream).at("step").item<double>(), expected, 1e-4);
}

TEST(Lsq, scales_the_steps_gradient_by_the_number_of_elements_and_levels) {
    const at::Tensor images = normal_sample({4, 25}).abs(), upstream = normal_sample({4, 25}, 2);
    for (const auto role : {QuantizerRole::weight, QuantizerRole::activation}) {
        const auto scaled = calibrated("lsq", settings_of(role, 2), images);
        const auto plain = calibrated("lsq", without_gradient_scale(role, 2), images);
        const bool weight = role == QuantizerRole::weight;
        const double scale = 1 / std::sqrt((weight ? 100.0 : 25.0) * (weight ? 1.0 : 3.0));
        EXPECT_NEAR(gradients_of(*scaled, images, upstream).at("step").item<double>(),
                    scale * gradients_of(*plain, images, upstream).at("step").item<double>(), 1e-12);
    }
}

TEST(Lsq, first_step_is_twice_the_mean_magnitude_over_the_root_of_the_levels) {
    const at::Tensor x = at::tensor({-1.0, 2.0, -3.0, 4.0}, at::kDouble);
    const auto quantizer = calibrated("lsq", settings_of(QuantizerRole::weight, 4), x);
    EXPECT_NEAR(parameter_of(*quantizer, "step").item<double>(), 2 * 2.5 / std::sqrt(7.0), 1e-12);
}

TEST(Lsq, refuses_options_that_it_does_not_have) {
    EXPECT_THROW(make_quantizer("lsq", settings_of(QuantizerRole::weight, 2, {{"gradient_scale", "half"}})), Error);
}

}  // namespace
}  // namespace dsqbench
