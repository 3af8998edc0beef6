#include "suite/report/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace dsqbench {
namespace {

constexpr double pi = 3.14159265358979323846;

// Student (1908), "The probable error of a mean", Biometrika 6, table on p. 20: hours of sleep gained with two drugs by
// ten patients. The expected values are those that R's help pages print for t.test(extra ~ group, data = sleep).
const std::vector<double> first_drug{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
const std::vector<double> second_drug{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

TEST(PairedDifference, agrees_with_Students_sleep_data) {
    const Difference difference = paired_difference(first_drug, second_drug);
    EXPECT_EQ(difference.count, 10u);
    EXPECT_NEAR(difference.estimate, -1.58, 1e-12);
    EXPECT_NEAR(difference.confidence->low, -2.4598858, 5e-8);
    EXPECT_NEAR(difference.confidence->high, -0.7001142, 5e-8);
    EXPECT_NEAR(*difference.p_value, 0.002833, 5e-7);
}

TEST(WelchDifference, agrees_with_Students_sleep_data) {
    const Difference difference = welch_difference(first_drug, second_drug);
    EXPECT_NEAR(difference.estimate, -1.58, 1e-12);
    EXPECT_NEAR(difference.confidence->low, -3.3654832, 5e-8);
    EXPECT_NEAR(difference.confidence->high, 0.2054832, 5e-8);
    EXPECT_NEAR(*difference.p_value, 0.07939, 5e-6);
}

// One degree of freedom is the Cauchy distribution: p = 1 - 2 atan(t) / pi, 97.5 % quantile tan(0.475 pi).
TEST(PairedDifference, of_two_pairs_is_the_closed_form_of_one_degree_of_freedom) {
    const Difference difference = paired_difference({3, 8}, {1, 2});  // differences 2 and 6: mean 4, standard error 2
    EXPECT_NEAR(*difference.p_value, 1 - 2 * std::atan(2.0) / pi, 1e-14);
    EXPECT_NEAR(difference.confidence->high - 4, 2 * std::tan(0.475 * pi), 1e-9);
}

// Two degrees of freedom: p = 1 - t / sqrt(2 + t^2).
TEST(WelchDifference, of_two_pairs_is_the_closed_form_of_two_degrees_of_freedom) {
    const Difference difference = welch_difference({3, 5}, {0, 2});  // variances 2 and 2: standard error sqrt(2)
    const double t = 3 / std::sqrt(2.0);
    EXPECT_NEAR(*difference.p_value, 1 - t / std::sqrt(2 + t * t), 1e-14);
}

// Variances 2 over n = 2 and 6 over n = 3 are parts of 1 and 2: Satterthwaite gives 9 / (1 + 4 / 2) = 3 degrees of
// freedom, p = 1 - 2/pi (x / (1 + x^2) + atan x) with x = t / sqrt(3), and the tables' quantile 3.182446.
TEST(WelchDifference, of_unequal_samples_is_the_closed_form_of_three_degrees_of_freedom) {
    const double step = std::sqrt(6.0);
    const Difference difference = welch_difference({0, 2}, {0, step, 2 * step});
    const double x = (step - 1) / std::sqrt(3.0) / std::sqrt(3.0);
    EXPECT_NEAR(difference.estimate, 1 - step, 1e-14);
    EXPECT_EQ(difference.count, 2u);
    EXPECT_NEAR(*difference.p_value, 1 - 2 / pi * (x / (1 + x * x) + std::atan(x)), 1e-13);
    EXPECT_NEAR(difference.confidence->high - difference.estimate, 3.182446 * std::sqrt(3.0), 1e-5);
}

TEST(Differences, change_sign_with_their_arguments) {
    const Difference there = welch_difference(first_drug, second_drug),
                     back = welch_difference(second_drug, first_drug);
    EXPECT_DOUBLE_EQ(there.estimate, -back.estimate);
    EXPECT_DOUBLE_EQ(there.confidence->low, -back.confidence->high);
    EXPECT_DOUBLE_EQ(*there.p_value, *back.p_value);
}

TEST(Differences, of_single_values_have_no_interval) {
    for (const Difference& difference :
         {paired_difference({3}, {1}), welch_difference({3}, {1}), welch_difference({3}, {0, 2})}) {
        EXPECT_DOUBLE_EQ(difference.estimate, 2);
        EXPECT_FALSE(difference.confidence);
        EXPECT_FALSE(difference.p_value);
        EXPECT_EQ(difference.count, 1u);
    }
}

TEST(Differences, without_a_spread_have_no_test) {
    EXPECT_FALSE(paired_difference({87.1, 88.3, 89.4}, {86.6, 87.8, 88.9}).p_value) << "0.5 each, but for rounding";
    EXPECT_FALSE(welch_difference({3, 3}, {1, 1}).p_value);
    EXPECT_TRUE(paired_difference({87.1, 88.3}, {86.6, 87.79}).p_value) << "a true spread, however small";
}

TEST(Differences, refuse_values_that_are_no_numbers) {
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
        EXPECT_THROW(paired_difference({1, bad}, {1, 2}), std::logic_error);
        EXPECT_THROW(welch_difference({1, 2}, {1, bad}), std::logic_error);
        EXPECT_THROW(mean({bad}), std::logic_error);
        EXPECT_THROW(median({bad}), std::logic_error);
        EXPECT_THROW(standard_deviation({1, bad}), std::logic_error);
    }
}

TEST(Differences, refuse_lengths_that_do_not_fit) {
    EXPECT_THROW(paired_difference({1, 2}, {1}), std::logic_error);
    EXPECT_THROW(paired_difference({}, {}), std::logic_error);
    EXPECT_THROW(welch_difference({1}, {}), std::logic_error);
}

TEST(StandardDeviation, divides_by_one_less_than_the_count) {
    EXPECT_DOUBLE_EQ(*standard_deviation({2, 4, 4, 4, 5, 5, 7, 9}), std::sqrt(32.0 / 7));
    EXPECT_FALSE(standard_deviation({5}));
    EXPECT_FALSE(standard_deviation({}));
}

TEST(StandardDeviation, does_not_cancel_far_from_zero) {
    EXPECT_NEAR(*standard_deviation({1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}), std::sqrt(30.0), 1e-7);
}

TEST(Median, is_the_middle_or_the_mean_of_the_two_middle_ones) {
    EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
    EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
    EXPECT_THROW(median({}), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
