#include "suite/report/anova.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

// Montgomery, "Design and Analysis of Experiments", chapter 6, the plasma etching experiment: etch rate by gap (A), gas
// flow (B) and power (C), two replicates. The book gives the effects A -101.625, B 7.375, C 306.125, AB -24.875,
// AC -153.625, BC -2.125, ABC 5.625 and the sums of squares below.
const Study plasma_etch(
    {3,
     {0, 1, 2, 3, 4, 5, 6, 7},
     {{550, 604}, {669, 650}, {633, 601}, {642, 635}, {1037, 1052}, {749, 868}, {1075, 1063}, {729, 860}}});

TEST(Anova, gives_the_effects_and_sums_of_squares_of_a_published_example) {
    const Anova anova = analyse_variance(plasma_etch);
    const struct {
        Cell effect;
        double size, sum_of_squares;
    } published[] = {{1, -101.625, 41310.5625}, {2, 7.375, 217.5625},      {4, 306.125, 374850.0625},
                     {3, -24.875, 2475.0625},   {5, -153.625, 94402.5625}, {6, -2.125, 18.0625},
                     {7, 5.625, 126.5625}};
    ASSERT_EQ(anova.lines.size(), 7u);
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(anova.lines[i].effect, published[i].effect);
        EXPECT_NEAR(2 * anova.lines[i].beta, published[i].size, 1e-9);
        EXPECT_NEAR(anova.lines[i].sum_of_squares, published[i].sum_of_squares, 1e-6);
    }
    EXPECT_NEAR(anova.total_sum_of_squares, 531420.9375, 1e-6);
    // The book has no blocks: its error is ours and the replicates' together.
    EXPECT_NEAR(anova.error_sum_of_squares + anova.block_sum_of_squares, 18020.5, 1e-6);
}

TEST(Anova, shares_of_variance_follow_their_definitions) {
    const Anova anova = analyse_variance(plasma_etch);
    const AnovaLine& power = anova.lines[2];
    EXPECT_NEAR(power.eta_squared, 374850.0625 / 531420.9375, 1e-12);
    const double mse = anova.mean_square_error;
    EXPECT_NEAR(power.omega_squared, (374850.0625 - mse) / (531420.9375 + mse), 1e-12);
    EXPECT_DOUBLE_EQ(anova.error_degrees_of_freedom, 7);
    double eta_squared = 0;
    for (const auto& line : anova.lines) eta_squared += line.eta_squared;
    EXPECT_NEAR(eta_squared, 1 - 18020.5 / 531420.9375, 1e-12);
}

TEST(Anova, tests_additivity_over_all_interactions) {
    const Anova anova = analyse_variance(plasma_etch);
    const double interactions = (2475.0625 + 94402.5625 + 18.0625 + 126.5625) / 4;
    EXPECT_NEAR(*anova.additivity_f, interactions / anova.mean_square_error, 1e-9);
    EXPECT_LT(*anova.additivity_p_value, 0.01);
    const Anova additive = analyse_variance(Study({2, {0, 1, 2, 3}, {{1, 2}, {2, 3}, {4, 5}, {5.2, 5.8}}}));
    EXPECT_GT(*additive.additivity_p_value, 0.9);
}

TEST(Anova, f_of_an_effect_is_the_square_of_its_t) {
    const Anova anova = analyse_variance(plasma_etch);
    for (const auto& line : anova.lines) {
        const Estimate estimate = plasma_etch.estimate(factorial_effect(3, line.effect), ErrorModel::pooled);
        EXPECT_NEAR(*line.p_value, *estimate.p_value, 1e-9);
    }
}

TEST(Anova, of_a_single_seed_has_no_test) {
    const Anova anova = analyse_variance(Study({1, {0, 1}, {{1}, {2}}}));
    EXPECT_DOUBLE_EQ(anova.lines.at(0).eta_squared, 1);
    EXPECT_FALSE(anova.lines.at(0).f);
    EXPECT_FALSE(anova.additivity_f);
}

TEST(Anova, of_a_half_factorial_stops_at_pairs) {
    const auto cells = half_factorial(6);
    const Anova anova = analyse_variance(Study({6, cells, std::vector<std::vector<double>>(cells.size(), {1, 2})}));
    EXPECT_EQ(anova.lines.size(), 6u + 15u);
}

}  // namespace
}  // namespace dsqbench
