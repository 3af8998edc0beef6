#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quantizers/quantizer.h"
#include "quantizers/tanh_step.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

struct Gradient {
    double x = 0, l = 0, u = 0, alpha = 0;
};

// Eq. 3 to 13 of the paper as printed, one number at a time.
struct Paper {
    double alpha, l, u;
    int bits;

    double n() const { return std::pow(2, bits) - 1; }
    double delta() const { return (u - l) / n(); }
    double k() const { return std::log(2 / alpha - 1) / delta(); }
    double s() const { return 1 / (1 - alpha); }
    double interval(double x) const { return std::min(std::floor((x - l) / delta()), n() - 1); }
    double middle(double x) const { return l + (interval(x) + 0.5) * delta(); }
    double tanh(double x) const { return std::tanh(k() * (x - middle(x))); }

    double soft(double x) const {
        if (x < l) return l;
        if (x > u) return u;
        return l + delta() * (interval(x) + (s() * tanh(x) + 1) / 2);
    }

    Gradient gradient(double x, bool soft_q) const {
        if (x < l) return {0, 1, 0, 0};
        if (x > u) return {0, 0, 1, 0};
        const double bell = s() * (1 - tanh(x) * tanh(x)), phi = s() * tanh(x);
        const double sign = x > middle(x) ? 1 : -1;
        const double q = interval(x) + ((soft_q ? phi : sign) + 1) / 2;
        const double delta_by_u = 1 / n(), k_by_u = -k() / delta() * delta_by_u;
        const double middle_by_u = (interval(x) + 0.5) * delta_by_u;
        const double phi_by_u = bell * (k_by_u * (x - middle(x)) - k() * middle_by_u);
        const double phi_by_l = bell * (-k_by_u * (x - middle(x)) - k() * (1 - middle_by_u));
        const double k_by_alpha = -2 / (delta() * alpha * (2 - alpha));
        return {bell * k() * delta() / 2, 1 - q * delta_by_u + delta() / 2 * phi_by_l,
                q * delta_by_u + delta() / 2 * phi_by_u,
                delta() / 2 * (s() * s() * tanh(x) + bell * (x - middle(x)) * k_by_alpha)};
    }
};

class Dsq : public testing::TestWithParam<int> {
protected:
    std::shared_ptr<Quantizer> dsq(const std::string& eq13) const {
        auto quantizer = calibrated("dsq", settings_of(QuantizerRole::weight, paper().bits, {{"eq13", eq13}}), x_);
        set_parameter(*quantizer, "alpha", paper().alpha);
        set_parameter(*quantizer, "l", paper().l);
        set_parameter(*quantizer, "u", paper().u);
        return quantizer;
    }
    Paper paper() const { return {0.3, -1.1, 1.4, GetParam()}; }

    void expect_gradients_of_paper(bool soft_q) const {
        const auto quantizer = dsq(soft_q ? "soft" : "hard");
        const auto gradients = gradients_of(*quantizer, x_, upstream_);
        Gradient sum;
        for (int i = 0; i < x_.numel(); ++i) {
            const double g = upstream_[i].item<double>();
            const Gradient expected = paper().gradient(x_[i].item<double>(), soft_q);
            EXPECT_NEAR(gradients.at("x")[i].item<double>(), g * expected.x, 1e-10);
            sum.l += g * expected.l;
            sum.u += g * expected.u;
            sum.alpha += g * expected.alpha;
        }
        EXPECT_NEAR(gradients.at("l").item<double>(), sum.l, 1e-9);
        EXPECT_NEAR(gradients.at("u").item<double>(), sum.u, 1e-9);
        EXPECT_NEAR(gradients.at("alpha").item<double>(), sum.alpha, 1e-9);
    }

    at::Tensor x_ = normal_sample({80}), upstream_ = normal_sample({80}, 2);
};

INSTANTIATE_TEST_SUITE_P(bits, Dsq, testing::Range(1, 9));

TEST_P(Dsq, surrogate_is_equation_5) {
    const at::Tensor soft = dsq("hard")->surrogate(x_);
    for (int i = 0; i < x_.numel(); ++i) EXPECT_NEAR(soft[i].item<double>(), paper().soft(x_[i].item<double>()), 1e-12);
}

TEST_P(Dsq, gradients_are_equations_10_to_12_with_the_hard_q_of_algorithm_1) {
    expect_gradients_of_paper(false);
}

TEST_P(Dsq, gradients_are_equations_10_to_13_with_the_soft_q) {
    expect_gradients_of_paper(true);
}

TEST_P(Dsq, gradient_with_the_soft_q_matches_finite_differences) {
    const auto quantizer = dsq("soft");
    const auto gradients = gradients_of(*quantizer, x_, upstream_);
    const auto soft = [&] { return (quantizer->surrogate(x_) * upstream_).sum().item<double>(); };
    EXPECT_LT(largest_difference(gradients.at("x"), finite_differences(x_, soft)), 1e-6);
    for (const std::string name : {"alpha", "l", "u"}) {
        const at::Tensor numeric = finite_differences(parameter_of(*quantizer, name).detach(), soft);
        EXPECT_LT(largest_difference(gradients.at(name), numeric), 1e-6) << name;
    }
}

TEST_P(Dsq, forward_is_uniform_quantization) {
    const Paper p = paper();
    const at::Tensor expected = p.l + p.delta() * ((x_.clamp(p.l, p.u) - p.l) / p.delta()).round();
    EXPECT_LT(largest_difference(dsq("hard")->forward(x_), expected), 1e-12);
}

TEST_P(Dsq, clips_outside_the_range) {
    const auto quantizer = dsq("hard");
    const at::Tensor x = at::tensor({-5.0, 7.0}, at::kDouble), one = at::ones({2}, at::kDouble);
    const auto gradients = gradients_of(*quantizer, x, one);
    EXPECT_TRUE(at::equal(gradients.at("x"), at::zeros_like(x)));
    EXPECT_EQ(gradients.at("l").item<double>(), 1);
    EXPECT_EQ(gradients.at("u").item<double>(), 1);
    EXPECT_EQ(gradients.at("alpha").item<double>(), 0);
}

TEST(DsqOneBit, has_the_two_levels_l_and_u) {
    const at::Tensor x = at::tensor({-2.0, -0.1, 0.1, 2.0}, at::kDouble);
    const auto quantizer = calibrated("dsq-fixed", settings_of(QuantizerRole::weight, 1), x);
    EXPECT_TRUE(at::allclose(quantizer->forward(x), at::tensor({-2.0, -2.0, 2.0, 2.0}, at::kDouble)));
    // Width 4, alpha 0.2: the slope at the threshold is the closed form's, ln(9) / 1.6.
    quantizer->eval();
    const at::Tensor threshold = at::zeros({1}, at::kDouble);
    EXPECT_NEAR(gradients_of(*quantizer, threshold, at::ones({1}, at::kDouble)).at("x").item<double>(),
                std::log(9) / 1.6, 1e-12);
}

TEST(DsqVariants, learn_what_their_names_say) {
    const auto names_of = [](const std::string& name) {
        std::vector<std::string> names;
        const auto quantizer = make_quantizer(name, settings_of(QuantizerRole::weight, 2));
        for (const auto& parameter : quantizer->named_parameters()) names.push_back(parameter.key());
        std::sort(names.begin(), names.end());
        return names;
    };
    EXPECT_EQ(names_of("dsq"), (std::vector<std::string>{"alpha", "l", "u"}));
    EXPECT_EQ(names_of("dsq-alpha"), std::vector<std::string>{"alpha"});
    EXPECT_EQ(names_of("dsq-fixed"), std::vector<std::string>{});
    EXPECT_EQ(names_of("ste-lu"), (std::vector<std::string>{"l", "u"}));
}

TEST(DsqVariants, start_at_the_published_alpha) {
    const auto quantizer = make_quantizer("dsq", settings_of(QuantizerRole::weight, 2));
    EXPECT_NEAR(quantizer->state_summary().at("alpha"), 0.2, 1e-7);
    const auto other = make_quantizer("dsq", settings_of(QuantizerRole::weight, 2, {{"alpha", 0.4}}));
    EXPECT_NEAR(other->state_summary().at("alpha"), 0.4, 1e-7);
}

TEST(DsqVariants, have_the_control_s_range_and_forward_value) {
    const at::Tensor x = normal_sample({500});
    for (const auto role : {QuantizerRole::weight, QuantizerRole::activation}) {
        const auto same = [&](const std::string& name, const std::string& control) {
            return at::equal(calibrated(name, settings_of(role, 3), x)->forward(x),
                             calibrated(control, settings_of(role, 3), x)->forward(x));
        };
        EXPECT_TRUE(same("dsq", "ste-lu"));
        EXPECT_TRUE(same("dsq-alpha", "ste"));
        EXPECT_TRUE(same("dsq-fixed", "ste"));
    }
}

TEST(DsqPenalty, is_l2_on_alpha_and_off_by_default) {
    EXPECT_FALSE(make_quantizer("dsq", settings_of(QuantizerRole::weight, 2))->penalty().defined());
    const auto quantizer = make_quantizer("dsq", settings_of(QuantizerRole::weight, 2, {{"alpha_decay", 0.5}}));
    const at::Tensor penalty = quantizer->penalty();
    EXPECT_NEAR(penalty.item<double>(), 0.25 * 0.04, 1e-8);
    penalty.backward();
    EXPECT_NEAR(parameter_of(*quantizer, "alpha").grad().item<double>(), 0.5 * 0.2, 1e-7);
}

TEST(DsqOptions, change_what_they_name) {
    const at::Tensor x = normal_sample({200}), one = at::ones({200}, at::kDouble);
    const auto u_gradient = [&](const std::string& eq13) {
        const auto quantizer = calibrated("dsq", settings_of(QuantizerRole::weight, 2, {{"eq13", eq13}}), x);
        return gradients_of(*quantizer, x, one).at("u").item<double>();
    };
    EXPECT_NE(u_gradient("hard"), u_gradient("soft"));
    const auto widest = calibrated("dsq", settings_of(QuantizerRole::weight, 2, {{"init", "min-max"}}), x);
    EXPECT_EQ(widest->state_summary().at("u"), x.max().item<double>());
}

TEST(Dsq, with_a_fixed_alpha_still_learns_its_range) {
    const at::Tensor x = normal_sample({50});
    const auto quantizer =
        calibrated("dsq", settings_of(QuantizerRole::weight, 2, {{"alpha_rule", "fixed"}, {"alpha", 0.3}}), x);
    EXPECT_FALSE(quantizer->named_parameters().contains("alpha"));
    EXPECT_TRUE(quantizer->named_parameters().contains("l"));
    EXPECT_EQ(quantizer->describe().at("alpha_learned"), false);
    const auto learned = calibrated("dsq", settings_of(QuantizerRole::weight, 2, {{"alpha", 0.3}}), x);
    const at::Tensor upstream = normal_sample({50}, 2);
    EXPECT_TRUE(at::equal(gradients_of(*quantizer, x, upstream).at("x"), gradients_of(*learned, x, upstream).at("x")));
}

}  // namespace
}  // namespace dsqbench
