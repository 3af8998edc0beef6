#include <gtest/gtest.h>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

const at::Tensor& sample() {
    static const at::Tensor x = at::tensor({-1.0, 0.0, 1.0, 1.9, 2.0, 7.0}, at::kDouble);
    return x;
}

std::shared_ptr<Quantizer> pact(nlohmann::json options = nlohmann::json::object()) {
    return calibrated("pact", settings_of(QuantizerRole::activation, 2, std::move(options)), sample());
}

TEST(Pact, rounds_on_zero_to_clip) {
    const auto quantizer = pact();
    set_parameter(*quantizer, "clip", 3);
    const at::Tensor expected = at::tensor({0.0, 0.0, 1.0, 2.0, 2.0, 3.0}, at::kDouble);
    EXPECT_TRUE(at::allclose(quantizer->forward(sample()), expected));
}

TEST(Pact, gradients_are_equation_3) {
    const auto quantizer = pact();
    set_parameter(*quantizer, "clip", 2);
    const at::Tensor upstream = normal_sample({6});
    const auto gradients = gradients_of(*quantizer, sample(), upstream);
    const at::Tensor inside = at::tensor({0.0, 1.0, 1.0, 1.0, 0.0, 0.0}, at::kDouble);
    EXPECT_TRUE(at::equal(gradients.at("x"), upstream * inside));
    // x = clip counts as clipped.
    EXPECT_NEAR(gradients.at("clip").item<double>(), (upstream[4] + upstream[5]).item<double>(), 1e-12);
}

TEST(Pact, gradients_match_finite_differences_of_the_clipping) {
    const auto quantizer = pact();
    set_parameter(*quantizer, "clip", 1.5);
    const at::Tensor x = 2 * normal_sample({40}), upstream = normal_sample({40}, 2);
    const auto gradients = gradients_of(*quantizer, x, upstream);
    const auto clipping = [&] { return (quantizer->surrogate(x) * upstream).sum().item<double>(); };
    const at::Tensor by_clip = finite_differences(parameter_of(*quantizer, "clip").detach(), clipping);
    EXPECT_LT(largest_difference(gradients.at("x"), finite_differences(x, clipping)), 1e-8);
    EXPECT_LT(largest_difference(gradients.at("clip"), by_clip), 1e-8);
}

TEST(Pact, starts_where_the_paper_does_or_at_the_largest_activation) {
    EXPECT_EQ(pact()->state_summary().at("clip"), 10);
    EXPECT_EQ(pact({{"init", "max"}})->state_summary().at("clip"), 7);
}

TEST(Pact, has_an_l2_term_with_the_gradient_of_weight_decay) {
    const auto quantizer = pact();
    quantizer->penalty().backward();
    EXPECT_NEAR(parameter_of(*quantizer, "clip").grad().item<double>(), 2e-4 * 10, 1e-12);
    EXPECT_FALSE(pact({{"decay", 0}})->penalty().defined());
}

TEST(Pact, takes_its_weights_from_dorefa) {
    const QuantizerPair pair = complete_pair("pact");
    EXPECT_EQ(pair.weight, "dorefa");
    EXPECT_EQ(pair.activation, "pact");
}

}  // namespace
}  // namespace dsqbench
