#include <gtest/gtest.h>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

std::shared_ptr<Quantizer> ste(QuantizerRole role, const at::Tensor& x) {
    return calibrated("ste", settings_of(role, 2), x);
}

const at::Tensor& one_to_four() {
    static const at::Tensor x = at::tensor({1.0, 2.2, 3.0, 4.0}, at::kDouble);
    return x;
}

TEST(Ste, rounds_on_the_range_of_the_data) {
    EXPECT_TRUE(at::allclose(ste(QuantizerRole::weight, one_to_four())->forward(one_to_four()),
                             at::tensor({1.0, 2.0, 3.0, 4.0}, at::kDouble)));
}

TEST(Ste, passes_the_gradient_inside_the_range_only) {
    const auto quantizer = ste(QuantizerRole::weight, one_to_four());
    quantizer->eval();
    const at::Tensor x = at::tensor({0.9, 1.0, 2.5, 4.0, 4.1}, at::kDouble), upstream = normal_sample({5});
    const at::Tensor inside = at::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble);
    EXPECT_TRUE(at::equal(gradients_of(*quantizer, x, upstream).at("x"), upstream * inside));
}

TEST(Ste, weights_follow_the_current_tensor_in_training) {
    const auto quantizer = ste(QuantizerRole::weight, one_to_four());
    quantizer->forward(2 * one_to_four());
    EXPECT_EQ(quantizer->state_summary().at("u"), 8);
    quantizer->eval();
    quantizer->forward(5 * one_to_four());
    EXPECT_EQ(quantizer->state_summary().at("u"), 8);
}

TEST(Ste, activations_follow_a_moving_average_in_training) {
    const auto quantizer = ste(QuantizerRole::activation, one_to_four());
    quantizer->forward(2 * one_to_four());
    EXPECT_NEAR(quantizer->state_summary().at("l"), 0.9 * 1 + 0.1 * 2, 1e-12);
    EXPECT_NEAR(quantizer->state_summary().at("u"), 0.9 * 4 + 0.1 * 8, 1e-12);
    quantizer->eval();
    quantizer->forward(5 * one_to_four());
    EXPECT_NEAR(quantizer->state_summary().at("u"), 4.4, 1e-12);
}

TEST(Ste, takes_another_range_rule) {
    const at::Tensor x = normal_sample({100});
    const auto quantizer = calibrated("ste", settings_of(QuantizerRole::weight, 2, {{"range", "sigma"}}), x);
    EXPECT_NEAR((quantizer->grid().scale * 3).item<double>(), 5.2 * x.std(false).item<double>(), 1e-12);
}

}  // namespace
}  // namespace dsqbench
