#include "suite/report/power.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "suite/report/study.h"

namespace dsqbench {
namespace {

TEST(Power, shapley_values_have_the_standard_errors_of_independent_cells) {
    const double expected[] = {1.0, 0.745, 0.577, 0.462, 0.380};  // 2 to 6 factors
    for (std::size_t factors = 2; factors <= 6; ++factors)
        EXPECT_NEAR(unit_standard_error(shapley_value(factors, 0)), expected[factors - 2], 5e-4) << factors;
}

// Integrated numerically over the estimate of the spread; it is what R's power.t.test(n, sd = 1, power = 0.8, type =
// "paired") computes.
TEST(Power, detectable_difference_is_that_of_the_paired_t_test) {
    EXPECT_NEAR(*detectable_difference({1, 32}, 6), 1.4345, 1e-4);
    EXPECT_NEAR(*detectable_difference({1, 32}, 10), 0.9960, 1e-4);
    EXPECT_NEAR(*detectable_difference({0.3, 2}, 10), 0.3 * 0.9960, 1e-4);
    EXPECT_FALSE(detectable_difference({1, 32}, 1)) << "one seed has no spread";
}

// How often the card's own test finds the difference, on cells of which each has a normal spread.
double found_share(std::size_t cells, std::size_t seeds, double difference) {
    std::mt19937 random(1);
    std::normal_distribution<double> noise(0, 1);
    constexpr int repetitions = 4000;
    const std::size_t factors = cells == 2 ? 1 : 2;
    int found = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        Factorial data{factors, {}, std::vector<std::vector<double>>(cells, std::vector<double>(seeds))};
        for (Cell cell = 0; cell < cells; ++cell) {
            data.cells.push_back(cell);
            for (double& top1 : data.values[cell]) top1 = noise(random) + (cell & 1 ? difference : 0);
        }
        const Study study(std::move(data));
        const auto estimate = study.estimate(shapley_value(factors, 0), error_model_for(seeds));
        found += estimate.confidence && estimate.confidence->low > 0 ? 1 : 0;
    }
    return static_cast<double>(found) / repetitions;
}

TEST(Power, the_test_of_the_card_finds_a_detectable_difference_in_eight_of_ten) {
    for (const std::size_t cells : {2u, 4u})
        for (const std::size_t seeds : {2u, 3u, 5u, 6u, 10u}) {
            const double unit = unit_standard_error(shapley_value(cells == 2 ? 1 : 2, 0));
            const double difference = *detectable_difference({unit, cells}, seeds);
            EXPECT_NEAR(found_share(cells, seeds, difference), 0.8, 0.02) << cells << " cells, " << seeds << " seeds";
        }
}

TEST(Power, seeds_to_detect_are_the_fewest_that_find_the_difference) {
    for (const double difference : {0.2, 0.5, 1.0}) {
        const std::size_t seeds = seeds_to_detect({1, 2}, difference, 5);
        EXPECT_LE(*detectable_difference({1, 2}, seeds), difference);
        EXPECT_GT(*detectable_difference({1, 2}, seeds - 1), difference);
    }
    EXPECT_EQ(seeds_to_detect({1, 32}, 100), 2u) << "one seed has no spread";
    EXPECT_EQ(seeds_to_detect({1, 32}, 100, 8), 9u);
    EXPECT_EQ(seeds_to_detect({1, 2}, 1e-6), 1'000'000'000u);
    EXPECT_THROW(seeds_to_detect({0, 2}, 1), std::logic_error);
    EXPECT_GT(seeds_for_equivalence({0.3, 2}, 0.2), seeds_to_detect({0.3, 2}, 0.2))
        << "1.645 + 1.282 against 1.960 + 0.842";
}

}  // namespace
}  // namespace dsqbench
