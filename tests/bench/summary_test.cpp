#include "kernels/bench/summary.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Summary, of_eleven_numbers_in_any_order) {
    const Summary summary = summarise({10, 0, 5, 1, 9, 2, 8, 3, 7, 4, 6});
    EXPECT_DOUBLE_EQ(summary.median, 5);
    EXPECT_DOUBLE_EQ(summary.p10, 1);
    EXPECT_DOUBLE_EQ(summary.minimum, 0);
    EXPECT_DOUBLE_EQ(summary.spread, 100);  // quartiles 2.5 and 7.5
}

TEST(Summary, interpolates_between_samples) {
    EXPECT_DOUBLE_EQ(summarise({1, 2}).median, 1.5);
    EXPECT_DOUBLE_EQ(summarise({1, 2}).p10, 1.1);
}

TEST(Summary, of_one_sample_has_no_spread) {
    const Summary summary = summarise({3});
    EXPECT_DOUBLE_EQ(summary.median, 3);
    EXPECT_DOUBLE_EQ(summary.p10, 3);
    EXPECT_DOUBLE_EQ(summary.spread, 0);
}

TEST(Summary, of_nothing_is_zero) {
    EXPECT_DOUBLE_EQ(summarise({}).median, 0);
}

}  // namespace
}  // namespace dsqbench
