#include "quantizers/tanh_step.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

at::Tensor number(double value) {
    return at::scalar_tensor(value, at::kDouble);
}

TanhStep step_of(double alpha, double width = 1) {
    return {number(alpha), number(width)};
}

double slope(double alpha, double t) {
    return step_of(alpha).slope(number(t)).item<double>();
}

TEST(TanhStep, climbs_from_zero_to_one) {
    for (const double alpha : {1e-6, 0.05, 0.2, 0.4, 0.499}) {
        EXPECT_NEAR(step_of(alpha).value(number(0)).item<double>(), 0, 1e-12);
        EXPECT_NEAR(step_of(alpha).value(number(0.5)).item<double>(), 0.5, 1e-12);
        EXPECT_NEAR(step_of(alpha).value(number(1)).item<double>(), 1, 1e-12);
    }
}

// phi(x) = s tanh(k (x - m)) with s and k as printed in eq. 7 and 8, alpha = 1 - tanh(k D / 2) as in eq. 6.
TEST(TanhStep, obeys_equations_3_to_8) {
    const double alpha = 0.3, width = 0.25;
    const double s = 1 / (1 - alpha), k = std::log(2 / alpha - 1) / width;
    EXPECT_NEAR(alpha, 1 - std::tanh(0.5 * k * width), 1e-12);
    EXPECT_NEAR(s, 1 / std::tanh(0.5 * k * width), 1e-12);
    for (const double t : {0.0, 0.1, 0.4, 0.5, 0.9, 1.0}) {
        const double phi = s * std::tanh(k * (t - 0.5) * width);
        EXPECT_NEAR(step_of(alpha, width).value(number(t)).item<double>(), (phi + 1) / 2, 1e-12);
    }
}

// Closed forms: ln(2/alpha - 1) / (2 (1 - alpha)) at the centre, that times 1 - (1 - alpha)^2 at the edge.
TEST(TanhStep, has_the_slopes_of_the_closed_form) {
    struct Row {
        double alpha, centre, edge;
    };
    for (const Row& row : {Row{0.05, 1.928, 0.188}, Row{0.1, 1.636, 0.311}, Row{0.2, 1.373, 0.494},
                           Row{0.3, 1.239, 0.632}, Row{0.4, 1.155, 0.739}, Row{0.5, 1.099, 0.824}}) {
        EXPECT_NEAR(slope(row.alpha, 0.5), row.centre, 6e-4) << row.alpha;
        EXPECT_NEAR(slope(row.alpha, 0), row.edge, 6e-4) << row.alpha;
        EXPECT_NEAR(slope(row.alpha, 1), row.edge, 6e-4) << row.alpha;
    }
}

TEST(TanhStep, has_mean_slope_one_over_a_bin) {
    constexpr int points = 20000;
    const at::Tensor t = (at::arange(points, at::kDouble) + 0.5) / points;
    for (const double alpha : {0.01, 0.2, 0.45})
        EXPECT_NEAR(step_of(alpha).slope(t).mean().item<double>(), 1, 1e-6) << alpha;
}

TEST(TanhStep, derivatives_match_finite_differences) {
    const at::Tensor t = at::linspace(0, 1, 21, at::kDouble), alpha = number(0.3), width = number(0.5);
    const at::Tensor along_t =
        finite_differences(t, [&] { return TanhStep(alpha, width).value(t).sum().item<double>(); });
    EXPECT_LT(largest_difference(along_t, TanhStep(alpha, width).slope(t)), 1e-8);
    for (int i = 0; i < t.numel(); ++i) {
        const auto value = [&] { return TanhStep(alpha, width).value(t[i]).item<double>(); };
        const at::Tensor along_alpha = finite_differences(alpha, value);
        EXPECT_LT(largest_difference(along_alpha, TanhStep(alpha, width).by_alpha(t[i])), 1e-8);
    }
}

TEST(TanhStep, bounds_k_at_1000_and_then_ignores_alpha) {
    const double width = 1e-4;  // k would be ln(9) / 1e-4 = 22,000
    const double kappa = 1000 * width;
    const double expected = (1 + std::tanh(kappa * 0.2) / std::tanh(kappa / 2)) / 2;
    EXPECT_NEAR(step_of(0.2, width).value(number(0.7)).item<double>(), expected, 1e-12);
    EXPECT_NEAR(step_of(0.4, width).value(number(0.7)).item<double>(), expected, 1e-12);
    EXPECT_EQ(step_of(0.2, width).by_alpha(number(0.7)).item<double>(), 0);
}

TEST(TanhStep, turns_into_the_straight_line_on_a_vanishing_grid) {
    const TanhStep step(at::scalar_tensor(0.2f), at::scalar_tensor(1e-9f));
    const at::Tensor t = at::linspace(0, 1, 11);
    EXPECT_LT(largest_difference(step.value(t), t), 1e-6);
    EXPECT_LT(largest_difference(step.slope(t), at::ones_like(t)), 1e-6);
}

TEST(TanhStep, clamps_alpha_to_its_bounds) {
    for (const double alpha : {-3.0, 0.0, 0.5, 7.0}) EXPECT_TRUE(std::isfinite(slope(alpha, 0.5))) << alpha;
    EXPECT_EQ(slope(-3, 0.5), slope(smallest_alpha, 0.5));
    EXPECT_EQ(slope(7, 0.5), slope(largest_alpha, 0.5));
}

}  // namespace
}  // namespace dsqbench
