#include "suite/report/share.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dsqbench {
namespace {

TEST(FiellerInterval, of_a_certain_whole_is_the_parts_interval_scaled) {
    const auto interval = fieller_interval({1, 4, 0.25, 0, 0, 2});
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->low, (1 - 2 * 0.5) / 4, 1e-12);
    EXPECT_NEAR(interval->high, (1 + 2 * 0.5) / 4, 1e-12);
}

// By hand: part 1, whole 2, variances 0.01 and 0.04, no covariance, t = 2: (4 - 0.16) rho^2 - 4 rho + (1 - 0.04) = 0.
TEST(FiellerInterval, solves_its_quadratic) {
    const auto interval = fieller_interval({1, 2, 0.01, 0.04, 0, 2});
    ASSERT_TRUE(interval);
    const double root = std::sqrt(16 - 4 * 3.84 * 0.96);
    EXPECT_NEAR(interval->low, (4 - root) / (2 * 3.84), 1e-12);
    EXPECT_NEAR(interval->high, (4 + root) / (2 * 3.84), 1e-12);
}

TEST(FiellerInterval, does_not_exist_when_the_whole_may_be_zero) {
    EXPECT_FALSE(fieller_interval({1, 2, 0.01, 1.01, 0, 2}));
}

TEST(BootstrapRatioInterval, of_proportional_parts_is_a_point) {
    const auto interval = bootstrap_ratio_interval({1, 2, 3, 4}, {2, 4, 6, 8}, 0);
    ASSERT_TRUE(interval);
    EXPECT_NEAR(interval->low, 0.5, 1e-12);
    EXPECT_NEAR(interval->high, 0.5, 1e-12);
}

TEST(BootstrapRatioInterval, is_repeatable_and_contains_the_ratio) {
    const std::vector<double> part{1.0, 1.3, 0.8, 1.1, 0.9, 1.2, 1.4, 0.7, 1.0},
        whole{2.1, 2.0, 1.8, 2.2, 2.0, 1.9, 2.3, 1.7, 2.0};
    const auto once = bootstrap_ratio_interval(part, whole, 5), again = bootstrap_ratio_interval(part, whole, 5);
    ASSERT_TRUE(once && again);
    EXPECT_DOUBLE_EQ(once->low, again->low);
    EXPECT_LT(once->low, 9.4 / 18);
    EXPECT_GT(once->high, 9.4 / 18);
    EXPECT_FALSE(bootstrap_ratio_interval({1, 2}, {2, 3}, 0));
}

Study study_with_gain(double gain) {
    std::vector<double> base{80, 80.5, 79.8, 80.2, 80.1, 79.9, 80.3, 79.7}, all;
    std::vector<double> a, r, both;
    for (std::size_t seed = 0; seed < base.size(); ++seed) {
        const double wobble = seed % 2 == 0 ? 0.1 : -0.1;
        a.push_back(base[seed] + gain / 4 + wobble);
        r.push_back(base[seed] + 3 * gain / 4);
        both.push_back(base[seed] + gain + (seed % 3 == 0 ? 0.1 : -0.05));
    }
    return Study({2, {0, 1, 2, 3}, {base, a, r, both}});
}

TEST(Share, is_a_part_of_a_clear_gain) {
    const auto share = share_of(study_with_gain(4), shapley_value(2, 0), total_gain(2), ErrorModel::by_seed);
    ASSERT_TRUE(share);
    EXPECT_NEAR(share->value, 0.25, 0.02);
    ASSERT_TRUE(share->fieller && share->bootstrap);
    EXPECT_LT(share->fieller->low, 0.25);
    EXPECT_GT(share->bootstrap->high, 0.25);
}

TEST(Share, of_a_gain_that_may_be_none_is_not_given) {
    for (const double gain : {0.0, -4.0})
        EXPECT_FALSE(share_of(study_with_gain(gain), shapley_value(2, 0), total_gain(2), ErrorModel::by_seed)) << gain;
    EXPECT_FALSE(share_of(Study({1, {0, 1}, {{1}, {2}}}), total_gain(1), total_gain(1), ErrorModel::pooled));
}

}  // namespace
}  // namespace dsqbench
