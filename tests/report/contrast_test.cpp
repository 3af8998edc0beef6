#include "suite/report/contrast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "suite/core/random.h"

namespace dsqbench {
namespace {

double applied(const Contrast& contrast, const std::vector<double>& cell_values) {
    return std::inner_product(contrast.begin(), contrast.end(), cell_values.begin(), 0.0);
}

std::vector<double> any_values(std::size_t factors, std::uint64_t seed = 1) {
    Random random(seed);
    std::vector<double> values;
    for (std::size_t cell = 0; cell < std::size_t{1} << factors; ++cell) values.push_back(random.normal());
    return values;
}

// The textbook's game: player 0 has a left glove, 1 and 2 have right ones, a pair is worth 1. Shapley values 2/3, 1/6,
// 1/6.
const std::vector<double> gloves{0, 0, 0, 1, 0, 1, 0, 1};

TEST(ShapleyValue, divides_the_glove_market) {
    EXPECT_NEAR(applied(shapley_value(3, 0), gloves), 2.0 / 3, 1e-12);
    EXPECT_NEAR(applied(shapley_value(3, 1), gloves), 1.0 / 6, 1e-12);
    EXPECT_NEAR(applied(shapley_value(3, 2), gloves), 1.0 / 6, 1e-12);
}

TEST(ShapleyValue, of_two_players_is_the_mean_of_first_in_and_last_in) {
    const std::vector<double> cells{71.4, 72.0, 76.4, 77.4};  // 00, 10, 01, 11
    EXPECT_NEAR(applied(shapley_value(2, 0), cells), ((72.0 - 71.4) + (77.4 - 76.4)) / 2, 1e-12);
    EXPECT_NEAR(applied(shapley_value(2, 1), cells), ((76.4 - 71.4) + (77.4 - 72.0)) / 2, 1e-12);
}

TEST(ShapleyValue, sums_to_the_whole_gain) {
    for (std::size_t factors = 1; factors <= 6; ++factors) {
        const auto values = any_values(factors);
        double sum = 0;
        for (std::size_t factor = 0; factor < factors; ++factor) sum += applied(shapley_value(factors, factor), values);
        EXPECT_NEAR(sum, applied(total_gain(factors), values), 1e-12);
    }
}

TEST(ShapleyValue, is_the_mean_over_all_orders) {
    const auto values = any_values(4);
    std::vector<std::size_t> order{0, 1, 2, 3};
    std::vector<double> sums(4, 0.0);
    int orders = 0;
    do {
        Cell before = 0;
        for (const std::size_t factor : order) {
            sums[factor] += values[before | Cell{1} << factor] - values[before];
            before |= Cell{1} << factor;
        }
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    for (std::size_t factor = 0; factor < 4; ++factor)
        EXPECT_NEAR(applied(shapley_value(4, factor), values), sums[factor] / orders, 1e-12);
}

// "Owen": only the orders in which each group comes in one piece.
TEST(OwenValue, is_the_mean_over_orders_that_keep_groups_together) {
    const std::vector<Cell> groups{0b00011, 0b11100};
    const auto values = any_values(5);
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    std::vector<double> sums(5, 0.0);
    int orders = 0;
    do {
        const auto is_first = [](std::size_t factor) { return factor < 2; };
        int changes = 0;
        for (std::size_t i = 1; i < 5; ++i) changes += is_first(order[i]) != is_first(order[i - 1]) ? 1 : 0;
        if (changes != 1) continue;
        Cell before = 0;
        for (const std::size_t factor : order) {
            sums[factor] += values[before | Cell{1} << factor] - values[before];
            before |= Cell{1} << factor;
        }
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(orders, 2 * 2 * 6);
    for (std::size_t factor = 0; factor < 5; ++factor)
        EXPECT_NEAR(applied(owen_value(5, groups, factor), values), sums[factor] / orders, 1e-12);
}

TEST(OwenValue, adds_up_to_the_value_of_its_group) {
    const std::vector<Cell> groups{0b00011, 0b11100};
    const auto values = any_values(5, 7);
    const auto owen = [&](std::size_t factor) { return applied(owen_value(5, groups, factor), values); };
    EXPECT_NEAR(owen(0) + owen(1), applied(group_value(5, groups, 0), values), 1e-12);
    EXPECT_NEAR(owen(2) + owen(3) + owen(4), applied(group_value(5, groups, 1), values), 1e-12);
    EXPECT_THROW(owen_value(5, {0b00011}, 4), std::logic_error);
}

TEST(JointGain, is_what_two_groups_gain_only_together) {
    const std::vector<double> cells{10, 12, 11, 20};
    EXPECT_NEAR(applied(joint_gain(2, 1, 2), cells), 20 - 12 - 11 + 10, 1e-12);
    EXPECT_NEAR(applied(mean_joint_gain(2, 0, 1), cells), 7, 1e-12);
}

TEST(JointGain, of_two_factors_is_the_mean_over_backgrounds) {
    const auto y = any_values(3);
    const double old_background = y[3] - y[2] - y[1] + y[0], new_background = y[7] - y[6] - y[5] + y[4];
    EXPECT_NEAR(applied(mean_joint_gain(3, 0, 1), y), (old_background + new_background) / 2, 1e-12);
}

TEST(WeightsOn, a_half_factorial_reproduce_what_two_factor_models_say) {
    // A response with main effects and interactions of two factors only: the half knows the whole.
    const std::size_t factors = 6;
    Random random(3);
    std::vector<double> main(factors), whole;
    for (double& effect : main) effect = random.normal();
    for (const Cell cell : full_factorial(factors)) {
        double value = 80;
        for (std::size_t i = 0; i < factors; ++i) {
            if (!(cell >> i & 1u)) continue;
            value += main[i];
            for (std::size_t j = 0; j < i; ++j)
                if (cell >> j & 1u) value += 0.1 * static_cast<double>(i + j);
        }
        whole.push_back(value);
    }
    const auto half = half_factorial(factors);
    std::vector<double> measured;
    for (const Cell cell : half) measured.push_back(whole[cell]);
    for (std::size_t factor = 0; factor < factors; ++factor) {
        const Contrast contrast = shapley_value(factors, factor);
        EXPECT_NEAR(applied(weights_on(contrast, factors, half), measured), applied(contrast, whole), 1e-9);
    }
}

}  // namespace
}  // namespace dsqbench
