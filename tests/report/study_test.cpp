#include "suite/report/study.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace dsqbench {
namespace {

// By hand: differences 1, 2, 3 have mean 2 and standard error 1 / sqrt(3); t with 2 degrees of freedom is 4.3027.
const Study three_seeds({1, {0, 1}, {{10, 20, 30}, {11, 22, 33}}});

TEST(Study, of_two_cells_is_the_paired_t_test_in_both_error_models) {
    for (const auto model : {ErrorModel::by_seed, ErrorModel::pooled}) {
        const Estimate estimate = three_seeds.estimate(total_gain(1), model);
        EXPECT_DOUBLE_EQ(estimate.value, 2);
        EXPECT_NEAR(estimate.standard_error, 1 / std::sqrt(3.0), 1e-12);
        EXPECT_DOUBLE_EQ(estimate.degrees_of_freedom, 2);
        EXPECT_NEAR(estimate.confidence->low, 2 - 4.302653 / std::sqrt(3.0), 1e-5);
        const Difference paired = paired_difference({11, 22, 33}, {10, 20, 30});
        EXPECT_NEAR(*estimate.p_value, *paired.p_value, 1e-12);
    }
}

TEST(Study, differences_between_seeds_that_all_cells_share_cost_nothing) {
    const Study calm({1, {0, 1}, {{1, 2, 3}, {2, 3.5, 3.5}}}), shaken({1, {0, 1}, {{11, 2, 93}, {12, 3.5, 93.5}}});
    for (const auto model : {ErrorModel::by_seed, ErrorModel::pooled})
        EXPECT_NEAR(calm.estimate(total_gain(1), model).standard_error,
                    shaken.estimate(total_gain(1), model).standard_error, 1e-12);
}

TEST(Study, covariance_of_a_contrast_with_itself_is_its_variance) {
    const Study study({2, {0, 1, 2, 3}, {{1, 2, 4}, {2, 3, 3}, {4, 5, 5.5}, {5, 6.1, 5}}});
    const Contrast contrast = shapley_value(2, 0);
    for (const auto model : {ErrorModel::by_seed, ErrorModel::pooled})
        EXPECT_NEAR(study.covariance(contrast, contrast, model),
                    std::pow(study.estimate(contrast, model).standard_error, 2), 1e-12);
    // Shapley values of two factors: they share the gain, and their covariance is what it leaves.
    const double both = std::pow(study.estimate(total_gain(2), ErrorModel::by_seed).standard_error, 2);
    const double one = study.covariance(contrast, contrast, ErrorModel::by_seed);
    const Contrast rest = shapley_value(2, 1);
    const double other = study.covariance(rest, rest, ErrorModel::by_seed);
    EXPECT_NEAR(both, one + other + 2 * study.covariance(contrast, rest, ErrorModel::by_seed), 1e-12);
}

TEST(Study, of_one_seed_or_no_spread_has_no_interval) {
    EXPECT_FALSE(Study({1, {0, 1}, {{1}, {2}}}).estimate(total_gain(1), ErrorModel::pooled).confidence);
    const Study constant({1, {0, 1}, {{87.1, 88.3, 89.4}, {87.6, 88.8, 89.9}}});
    EXPECT_FALSE(constant.estimate(total_gain(1), ErrorModel::by_seed).confidence) << "0.5 each, but for rounding";
    EXPECT_NEAR(constant.estimate(total_gain(1), ErrorModel::by_seed).value, 0.5, 1e-9);
}

TEST(Study, error_model_is_fixed_by_the_number_of_seeds) {
    EXPECT_EQ(error_model_for(5), ErrorModel::pooled);
    EXPECT_EQ(error_model_for(6), ErrorModel::by_seed);
}

TEST(Study, refuses_contrasts_of_other_designs) {
    EXPECT_THROW(three_seeds.by_seed(total_gain(2)), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
