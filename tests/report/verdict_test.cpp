#include "suite/report/verdict.h"

#include <gtest/gtest.h>

#include "suite/report/significance.h"

namespace dsqbench {
namespace {

Estimate estimate(double value, double half_width) {
    Estimate result;
    result.value = value;
    result.standard_error = half_width / 2.571;  // t with 5 degrees of freedom
    result.degrees_of_freedom = 5;
    result.confidence = Interval{value - half_width, value + half_width};
    result.p_value = std::abs(value) > half_width ? 0.01 : 0.5;
    return result;
}

std::string headline(const Estimate& algorithm, const Estimate& recipe, const Estimate& joint = estimate(0, 0.1)) {
    const double margin = 0.3;
    return judge({6, algorithm, recipe, joint, equivalence_p_value(algorithm, margin), margin}).headline;
}

TEST(Verdict, says_which_of_the_two_helps) {
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(3, 0.5)), "algorithm helps");
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(0, 0.5)), "algorithm helps");
    EXPECT_EQ(headline(estimate(0, 0.1), estimate(3, 0.5)), "recipe helps");
    EXPECT_EQ(headline(estimate(-2, 0.5), estimate(3, 0.5)), "recipe helps");
}

TEST(Verdict, depends_on_the_recipe_when_much_comes_only_together) {
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(3, 0.5), estimate(1.0, 0.3)), "depends on the recipe");
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(3, 0.5), estimate(-1.0, 0.3)), "depends on the recipe");
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(3, 0.5), estimate(0.9, 0.3)), "algorithm helps") << "less than half";
    EXPECT_EQ(headline(estimate(2, 0.5), estimate(3, 0.5), estimate(1.5, 2.0)), "algorithm helps") << "not significant";
}

TEST(Verdict, needs_a_proof_to_call_nothing_nothing) {
    EXPECT_EQ(headline(estimate(0, 0.1), estimate(0, 0.5)), "equivalent within 0.3");
    EXPECT_EQ(headline(estimate(0.1, 1.0), estimate(3, 0.5)).substr(0, 13), "underpowered:")
        << "no difference is no proof";
    EXPECT_EQ(headline(estimate(-1, 0.4), estimate(0, 0.5)), "algorithm hurts");
}

TEST(Verdict, says_how_many_seeds_are_missing) {
    // Standard error 0.389 with 6 seeds, 0.953 with one: (2.927 * 0.953 / 0.3)^2 = 86.4 seeds if the spread were known,
    // 88 as it is not.
    EXPECT_EQ(headline(estimate(0.1, 1.0), estimate(3, 0.5)), "underpowered: 82 more seeds needed");
    EXPECT_EQ(judge({1, {}, {}, {}, 1, 0.3}).headline, "underpowered: 1 more seeds needed");
    EXPECT_EQ(judge({0, {}, {}, {}, 1, 0.3}).headline, "underpowered: 2 more seeds needed");
}

}  // namespace
}  // namespace dsqbench
