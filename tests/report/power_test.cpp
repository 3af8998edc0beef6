#include "suite/report/power.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dsqbench {
namespace {

TEST(Power, shapley_values_have_the_standard_errors_of_independent_cells) {
    const double expected[] = {1.0, 0.745, 0.577, 0.462, 0.380};  // 2 to 6 factors
    for (std::size_t factors = 2; factors <= 6; ++factors)
        EXPECT_NEAR(unit_standard_error(shapley_value(factors, 0)), expected[factors - 2], 5e-4) << factors;
}

// n = 15.7 sigma^2 / delta^2 for a paired difference of independent runs, sigma = 0.2, rounded up.
TEST(Power, paired_differences_need_the_usual_number_of_seeds) {
    const double unit = unit_standard_error(total_gain(1)) * 0.2;
    EXPECT_EQ(seeds_to_detect(unit, 0.5), 3u);
    EXPECT_EQ(seeds_to_detect(unit, 0.3), 7u);
    EXPECT_EQ(seeds_to_detect(unit, 0.25), 11u);
    EXPECT_EQ(seeds_to_detect(unit, 0.2), 16u);
    EXPECT_EQ(seeds_to_detect(unit, 100), 2u) << "one seed has no spread";
    EXPECT_THROW(seeds_to_detect(0, 1), std::logic_error);
}

TEST(Power, detectable_difference_is_the_one_that_needs_so_many_seeds) {
    EXPECT_NEAR(detectable_difference(0.3, 9), 2.8016 * 0.3 / 3, 1e-4);
    EXPECT_EQ(seeds_to_detect(0.3, detectable_difference(0.3, 9) * 1.0001), 9u);
    EXPECT_GT(seeds_for_equivalence(0.3, 0.2), seeds_to_detect(0.3, 0.2)) << "1.645 + 1.282 against 1.960 + 0.842";
}

}  // namespace
}  // namespace dsqbench
