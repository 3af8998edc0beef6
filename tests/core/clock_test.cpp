#include "suite/core/clock.h"

#include <gtest/gtest.h>

#include <limits>
#include <regex>

namespace dsqbench {
namespace {

TEST(Clock, never_steps_back) {
    const double first = monotonic_seconds();
    EXPECT_LE(first, monotonic_seconds());
}

TEST(Clock, writes_utc_as_iso_8601) {
    EXPECT_TRUE(std::regex_match(utc_now(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
}

TEST(Clock, formats_a_duration_in_the_two_largest_units) {
    EXPECT_EQ(format_duration(0), "0.0 s");
    EXPECT_EQ(format_duration(4.21), "4.2 s");
    EXPECT_EQ(format_duration(185), "3 min 05 s");
    EXPECT_EQ(format_duration(2 * 3600 + 7 * 60 + 59), "2 h 07 min");
}

TEST(Clock, rounds_up_into_the_next_unit) {
    EXPECT_EQ(format_duration(59.94), "59.9 s");
    EXPECT_EQ(format_duration(59.96), "1 min 00 s");
    EXPECT_EQ(format_duration(3599.6), "1 h 00 min");
}

TEST(Clock, formats_an_endless_duration_without_overflow) {
    EXPECT_EQ(format_duration(std::numeric_limits<double>::infinity()), "277777 h 46 min");
}

}  // namespace
}  // namespace dsqbench
