#include "suite/core/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace dsqbench {
namespace {

TEST(Random, is_splitmix64) {
    // From the reference implementation (Vigna, splitmix64.c) with the seed 1234567.
    Random random(1234567);
    for (const std::uint64_t expected : {6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull,
                                         4593380528125082431ull, 16408922859458223821ull})
        EXPECT_EQ(random.next(), expected);
}

TEST(Random, derives_seeds_from_sha256) {
    // printf '1/augment/0/3' | sha256sum | head -c 16
    EXPECT_EQ(derive_seed(1, "augment", {0, 3}), 0x228dff9d06ce79ffull);
    EXPECT_EQ(derive_seed(7, "order"), 0x9e33b9e6a38846e4ull);
}

TEST(Random, derived_seeds_differ_in_every_argument) {
    const std::set<std::uint64_t> seeds{derive_seed(1, "order"),      derive_seed(2, "order"),
                                        derive_seed(1, "augment"),    derive_seed(1, "order", {0}),
                                        derive_seed(1, "order", {1}), derive_seed(1, "order", {0, 0})};
    EXPECT_EQ(seeds.size(), 6u);
}

TEST(Random, uniform_has_the_moments_of_the_uniform_distribution) {
    Random random(1);
    constexpr int count = 100'000;
    double sum = 0, squares = 0;
    for (int i = 0; i < count; ++i) {
        const double value = random.uniform();
        ASSERT_GE(value, 0);
        ASSERT_LT(value, 1);
        sum += value;
        squares += value * value;
    }
    // Five standard errors: 5 / sqrt(12 n) of the mean, 5 sqrt(4/45 / n) of the second moment.
    EXPECT_NEAR(sum / count, 0.5, 5 / std::sqrt(12.0 * count));
    EXPECT_NEAR(squares / count, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / count));
}

TEST(Random, normal_has_the_moments_of_the_normal_distribution) {
    Random random(2);
    constexpr int count = 100'000;
    std::array<double, 4> moments{};
    for (int i = 0; i < count; ++i) {
        const double value = random.normal();
        ASSERT_TRUE(std::isfinite(value));
        for (std::size_t k = 0; k < moments.size(); ++k) moments[k] += std::pow(value, k + 1) / count;
    }
    // Five standard errors; the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
    EXPECT_NEAR(moments[0], 0, 5 * std::sqrt(1.0 / count));
    EXPECT_NEAR(moments[1], 1, 5 * std::sqrt(2.0 / count));
    EXPECT_NEAR(moments[2], 0, 5 * std::sqrt(15.0 / count));
    EXPECT_NEAR(moments[3], 3, 5 * std::sqrt(96.0 / count));
}

TEST(Random, below_is_uniform_over_its_range) {
    for (const std::uint64_t bound : {2u, 3u, 10u, 64u}) {
        Random random(bound);
        constexpr double count = 50'000;
        std::vector<double> hits(bound);
        for (int i = 0; i < count; ++i) hits.at(random.below(bound)) += 1;
        double chi_squared = 0;
        for (const double hit : hits) chi_squared += std::pow(hit - count / bound, 2) / (count / bound);
        // Mean k, variance 2 k of a chi-squared variable with k degrees of freedom; six standard deviations.
        const double freedom = static_cast<double>(bound) - 1;
        EXPECT_LT(chi_squared, freedom + 6 * std::sqrt(2 * freedom)) << "bound " << bound;
    }
}

TEST(Random, below_holds_at_the_ends_of_its_range) {
    Random random(3);
    EXPECT_EQ(random.below(1), 0u);
    // 2/3 of the 64-bit range: a plain remainder would hit the lower half twice as often as the upper one.
    constexpr std::uint64_t bound = UINT64_MAX / 3 * 2;
    int lower = 0;
    for (int i = 0; i < 10'000; ++i) lower += random.below(bound) < bound / 2 ? 1 : 0;
    EXPECT_NEAR(lower, 5000, 5 * std::sqrt(10'000 / 4.0));
}

TEST(Random, shuffle_is_a_permutation_that_its_seed_repeats) {
    std::vector<int> sorted(100);
    std::iota(sorted.begin(), sorted.end(), 0);
    auto first = sorted, second = sorted, other = sorted;
    Random(4).shuffle(first);
    Random(4).shuffle(second);
    Random(5).shuffle(other);
    EXPECT_EQ(first, second);
    EXPECT_NE(first, other);
    EXPECT_NE(first, sorted);
    EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), sorted.begin()));
}

TEST(Random, shuffle_reaches_every_order_equally_often) {
    std::map<std::vector<int>, int> orders;
    Random random(6);
    for (int i = 0; i < 6000; ++i) {
        std::vector<int> items{0, 1, 2};
        random.shuffle(items);
        ++orders[items];
    }
    ASSERT_EQ(orders.size(), 6u);
    for (const auto& order : orders) EXPECT_NEAR(order.second, 1000, 5 * std::sqrt(6000 * 5 / 36.0));
}

TEST(Random, shuffle_accepts_nothing_and_one) {
    std::vector<int> nothing, one{7};
    Random random(8);
    random.shuffle(nothing);
    random.shuffle(one);
    EXPECT_TRUE(nothing.empty());
    EXPECT_THAT(one, testing::ElementsAre(7));
}

}  // namespace
}  // namespace dsqbench
