#include "suite/report/significance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace dsqbench {
namespace {

// By hand: 0.01 * 4, 0.02 * 3, 0.04 * 2 = 0.08, 0.03 * 2 comes before it: sorted 0.01, 0.02, 0.03, 0.04.
TEST(Holm, multiplies_by_what_is_left_and_never_falls) {
    const auto adjusted = holm_adjusted({0.04, 0.01, 0.03, 0.02});
    EXPECT_NEAR(adjusted[1], 0.04, 1e-12);
    EXPECT_NEAR(adjusted[3], 0.06, 1e-12);
    EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
    EXPECT_NEAR(adjusted[0], 0.06, 1e-12) << "0.04 * 1, but not below the one before";
    EXPECT_TRUE(holm_adjusted({}).empty());
    EXPECT_DOUBLE_EQ(holm_adjusted({0.9, 0.8})[1], 1);
}

// Fisher, "The Design of Experiments" (1935), section 21: Darwin's maize, 15 pairs of crossed and self-fertilised
// plants, in eighths of an inch; 1,726 of the 32,768 patterns of signs reach the observed sum of 314 either way.
TEST(SignFlip, counts_fishers_patterns_of_darwins_maize) {
    const std::vector<double> differences{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
    EXPECT_DOUBLE_EQ(sign_flip_p_value(differences), 1726.0 / 32768);
}

TEST(SignFlip, of_n_equal_signs_has_the_smallest_p_value) {
    EXPECT_DOUBLE_EQ(sign_flip_p_value({1, 2, 3, 4, 5, 6}), 2.0 / 64);
    EXPECT_DOUBLE_EQ(smallest_sign_flip_p_value(6), 2.0 / 64);
    EXPECT_DOUBLE_EQ(smallest_sign_flip_p_value(3), 0.25) << "three seeds prove nothing this way";
    EXPECT_DOUBLE_EQ(sign_flip_p_value({0.1, 0.1, 0.1, -0.3}), 1) << "a sum of zero but for rounding";
    EXPECT_THROW(sign_flip_p_value({}), std::logic_error);
}

TEST(SignFlip, samples_patterns_when_there_are_too_many) {
    std::vector<double> one_sided(25, 1.0), balanced;
    for (int i = 0; i < 26; ++i) balanced.push_back(i % 2 == 0 ? 1 : -1);
    EXPECT_LT(sign_flip_p_value(one_sided), 1e-4);
    EXPECT_DOUBLE_EQ(sign_flip_p_value(balanced), 1);
}

// By hand, 10 degrees of freedom: the estimate lies 1.812461 standard errors, t's 5 % quantile, inside the margin.
TEST(Equivalence, is_proved_when_the_90_percent_interval_lies_within_the_margin) {
    Estimate estimate;
    estimate.value = 0.1;
    estimate.standard_error = 0.1;
    estimate.degrees_of_freedom = 10;
    estimate.confidence = Interval{};
    EXPECT_NEAR(equivalence_p_value(estimate, 0.1 + 0.1812461), 0.05, 1e-6);
    estimate.value = -0.1;
    EXPECT_NEAR(equivalence_p_value(estimate, 0.1 + 0.1812461), 0.05, 1e-6);
    EXPECT_GT(equivalence_p_value(estimate, 0.05), 0.5) << "outside";
}

TEST(Equivalence, without_a_spread_is_where_the_value_lies) {
    Estimate estimate;
    estimate.value = 0.1;
    EXPECT_DOUBLE_EQ(equivalence_p_value(estimate, 0.2), 0);
    EXPECT_DOUBLE_EQ(equivalence_p_value(estimate, 0.05), 1);
}

TEST(Superiority, counts_pairs_of_runs) {
    EXPECT_DOUBLE_EQ(superiority({2, 3}, {1, 2}).probability, 3.5 / 4);
    EXPECT_THROW(superiority({}, {1}), std::logic_error);
}

TEST(Superiority, has_an_interval_even_when_all_pairs_agree) {
    const Superiority won = superiority({5, 6, 7, 8}, {1, 2, 3, 4});
    EXPECT_DOUBLE_EQ(won.probability, 1);
    EXPECT_DOUBLE_EQ(won.confidence.high, 1);
    EXPECT_GT(won.confidence.low, 0.5);
    EXPECT_LT(won.confidence.low, 0.95) << "four runs a side are not certain";
    const Superiority lost = superiority({1, 2, 3, 4}, {5, 6, 7, 8});
    EXPECT_NEAR(lost.confidence.high, 1 - won.confidence.low, 1e-9);
}

}  // namespace
}  // namespace dsqbench
