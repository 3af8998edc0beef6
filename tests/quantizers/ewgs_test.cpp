#include <gtest/gtest.h>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

constexpr double delta = 0.5;

std::shared_ptr<Quantizer> on_zero_to_three(const std::string& name, const at::Tensor& x, nlohmann::json options = {}) {
    if (options.is_null()) options = nlohmann::json::object();
    const auto quantizer = calibrated(name, settings_of(QuantizerRole::weight, 2, options), x);
    set_parameter(*quantizer, "l", 0);
    set_parameter(*quantizer, "u", 3);  // levels 0, 1, 2, 3; z = x / 3
    return quantizer;
}

TEST(Ewgs, scales_gradients_by_the_distance_to_the_level) {
    const at::Tensor x = at::tensor({-2.0, 0.1, 0.4, 2.9, 3.5}, at::kDouble), upstream = normal_sample({5});
    const auto quantizer = on_zero_to_three("ewgs", x, {{"delta", delta}});
    const at::Tensor error = at::tensor({0.0, 0.1 / 3, 0.4 / 3, -0.1 / 3, 0.0}, at::kDouble);  // z - z_q
    const at::Tensor inside = at::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble);
    const at::Tensor slope = (1 + delta * upstream.sign() * error) * inside;
    const auto gradients = gradients_of(*quantizer, x, upstream);
    EXPECT_LT(largest_difference(gradients.at("x"), upstream * slope), 1e-12);
    // y = l + (u - l) z_q: the range's own part and the part through z.
    const at::Tensor z = x.clamp(0, 3) / 3, z_q = at::tensor({0.0, 0.0, 0.0, 1.0, 1.0}, at::kDouble);
    EXPECT_NEAR(gradients.at("u").item<double>(), (upstream * (z_q - slope * z)).sum().item<double>(), 1e-12);
    EXPECT_NEAR(gradients.at("l").item<double>(), (upstream * (1 - z_q - slope * (1 - z))).sum().item<double>(), 1e-12);
}

TEST(Ewgs, scales_up_where_the_step_returns_to_the_level_and_down_where_it_leaves) {
    // x lies above its level: descent along a positive gradient moves it down, along a negative one to the threshold.
    const at::Tensor x = at::tensor({1.4, 1.4}, at::kDouble), upstream = at::tensor({1.0, -1.0}, at::kDouble);
    const auto quantizer = on_zero_to_three("ewgs", x, {{"delta", delta}});
    const at::Tensor gradient = gradients_of(*quantizer, x, upstream).at("x");
    EXPECT_NEAR(gradient[0].item<double>(), 1 + delta * 0.4 / 3, 1e-12);
    EXPECT_NEAR(gradient[1].item<double>(), -(1 - delta * 0.4 / 3), 1e-12);
}

TEST(Ewgs, without_delta_is_its_own_control_to_the_bit) {
    const at::Tensor x = normal_sample({200}), upstream = normal_sample({200}, 2);
    const auto settings = settings_of(QuantizerRole::activation, 3);
    auto plain = settings;
    plain.options = {{"delta", 0}};
    const auto ewgs = calibrated("ewgs", plain, x), control = calibrated("ste-lu", settings, x);
    EXPECT_TRUE(at::equal(ewgs->forward(x), control->forward(x)));
    const auto of_ewgs = gradients_of(*ewgs, x, upstream), of_control = gradients_of(*control, x, upstream);
    for (const char* name : {"x", "l", "u"})
        EXPECT_LT(largest_difference(of_ewgs.at(name), of_control.at(name)), 1e-12);
}

TEST(Ewgs, default_delta_is_the_published_one) {
    const auto quantizer = calibrated("ewgs", settings_of(QuantizerRole::weight, 2), normal_sample({20}));
    EXPECT_DOUBLE_EQ(quantizer->describe().at("delta").get<double>(), 1e-3);
}

}  // namespace
}  // namespace dsqbench
