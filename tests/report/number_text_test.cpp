#include "suite/report/number_text.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(NumberText, writes_a_true_minus_and_no_signed_zero) {
    EXPECT_EQ(signed_text(0.314, 2), "+0.31");
    EXPECT_EQ(signed_text(-2.4, 2), "−2.40");
    EXPECT_EQ(signed_text(-0.001, 2), "0.00");
    EXPECT_EQ(signed_text(0, 1), "0.0");
    EXPECT_EQ(number_text(-5.2, 0), "−5");
    EXPECT_EQ(number_text(-0.3, 0), "0");
    EXPECT_EQ(number_text(0.3, 0), "0");
}

TEST(NumberText, writes_a_dash_for_what_is_not_defined) {
    EXPECT_EQ(number_text(std::nullopt, 2), "—");
    EXPECT_EQ(interval_text(std::nullopt, 2), "—");
    EXPECT_EQ(p_value_text(std::nullopt), "—");
    EXPECT_EQ(difference_text({1.5, {}, {}, 1}, 2), "+1.50");
}

TEST(NumberText, writes_intervals_and_p_values) {
    EXPECT_EQ(difference_text({-2.31, Interval{-2.6, 0.02}, 0.06, 5}, 2), "−2.31 [−2.60, +0.02]");
    EXPECT_EQ(p_value_text(0.0314), "0.031");
    EXPECT_EQ(p_value_text(0.0004), "< 0.001");
    EXPECT_EQ(number_text(1612.4, 0), "1612");
}

}  // namespace
}  // namespace dsqbench
