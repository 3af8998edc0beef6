#include "quantizers/range.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

Range range_of(float l, float u) {
    return {at::scalar_tensor(l), at::scalar_tensor(u)};
}

// Rank 0 of two, of which the other holds `other`: it answers as that rank would, question after question.
class WithAnother : public RankGroup {
public:
    explicit WithAnother(std::vector<at::Tensor> answers) : answers_(std::move(answers)) {}
    int rank() const override { return 0; }
    int ranks() const override { return 2; }
    at::Tensor gather(const at::Tensor& x) const override { return at::stack({x, answers_.at(asked_++).view_as(x)}); }
    at::Tensor sum(const at::Tensor& x) const override { return x + answers_.at(asked_++); }

private:
    std::vector<at::Tensor> answers_;
    mutable std::size_t asked_ = 0;
};

double width(const Range& range) {
    return (range.u - range.l).item<double>();
}

TEST(FitRange, min_max_takes_the_extremes) {
    const Range range =
        fit_range(at::tensor({3.0f, -1.0f, 0.5f}), RangeRule::min_max, settings_of(QuantizerRole::weight, 2));
    EXPECT_EQ(range.l.item<float>(), -1);
    EXPECT_EQ(range.u.item<float>(), 3);
}

TEST(FitRange, sigma_takes_mean_and_2_6_deviations_of_weights) {
    // Mean 1, standard deviation 2.
    const Range range =
        fit_range(at::tensor({-1.0f, 3.0f, -1.0f, 3.0f}), RangeRule::sigma, settings_of(QuantizerRole::weight, 2));
    EXPECT_FLOAT_EQ(range.l.item<float>(), -4.2f);
    EXPECT_FLOAT_EQ(range.u.item<float>(), 6.2f);
}

TEST(FitRange, of_two_ranks_is_that_of_all_they_have) {
    const auto settings = settings_of(QuantizerRole::activation, 2);
    const at::Tensor all =
        at::cat({at::zeros({99}), at::full({1}, 50.0), at::ones({99}), at::full({1}, 60.0)}).to(at::kFloat);
    const at::Tensor mine = all.narrow(0, 0, 100), theirs = all.narrow(0, 100, 100).to(at::kDouble);
    const at::Tensor reach = at::stack({theirs.amin(), theirs.amax()});
    const WithAnother by_extremes({reach.to(at::kFloat)});
    const Range extremes = fit_range(mine, RangeRule::min_max, settings, &by_extremes);
    EXPECT_EQ(extremes.l.item<float>(), 0);
    EXPECT_EQ(extremes.u.item<float>(), 60);
    const WithAnother by_moments({at::stack({theirs.mean(), theirs.var(0, false)}), reach});
    const Range sigma = fit_range(mine, RangeRule::sigma, settings, &by_moments);
    const Range alone = fit_range(all, RangeRule::sigma, settings);
    EXPECT_EQ(sigma.l.item<float>(), alone.l.item<float>());
    EXPECT_FLOAT_EQ(sigma.u.item<float>(), alone.u.item<float>());
    EXPECT_LT(sigma.u.item<float>(), 60) << "the rule has cut the tail";
}

TEST(FitRange, sigma_takes_min_and_3_deviations_of_activations_within_max) {
    const auto settings = settings_of(QuantizerRole::activation, 2);
    const Range all = fit_range(at::tensor({0.0f, 2.0f}), RangeRule::sigma, settings);
    EXPECT_EQ(all.l.item<float>(), 0);
    EXPECT_EQ(all.u.item<float>(), 2);
    at::Tensor tail = at::zeros({100});
    tail[0] = 10;  // mean 0.1, standard deviation sqrt(0.99)
    const Range clipped = fit_range(tail, RangeRule::sigma, settings);
    EXPECT_NEAR(clipped.u.item<double>(), 0.1 + 3 * std::sqrt(0.99), 1e-6);
}

TEST(FitRange, gives_each_channel_its_own) {
    const at::Tensor x = at::tensor({-1.0f, 1.0f, -5.0f, 7.0f}).reshape({2, 1, 2});
    const Range range = fit_range(x, RangeRule::min_max, settings_of(QuantizerRole::weight, 2, {}, 2));
    EXPECT_TRUE(at::equal(range.l, at::tensor({-1.0f, -5.0f})));
    EXPECT_TRUE(at::equal(range.u, at::tensor({1.0f, 7.0f})));
}

TEST(FitRange, is_valid_for_constant_zero_and_huge_tensors) {
    for (const auto rule : {RangeRule::min_max, RangeRule::sigma})
        for (const auto role : {QuantizerRole::weight, QuantizerRole::activation})
            for (const float value : {0.0f, 1e-30f, 5.0f, -3e4f, 3e38f}) {
                const Range range = fit_range(at::full({16}, value), rule, settings_of(role, 8));
                EXPECT_GT(width(range), 0) << value;
                EXPECT_TRUE(at::isfinite(range.l).item<bool>() && at::isfinite(range.u).item<bool>()) << value;
            }
}

TEST(ValidRange, leaves_a_valid_range_as_it_is) {
    const Range range = valid_range(range_of(-0.3f, 0.7f));
    EXPECT_EQ(range.l.item<float>(), -0.3f);
    EXPECT_EQ(range.u.item<float>(), 0.7f);
}

TEST(ValidRange, keeps_256_levels_apart_and_is_done_after_one_pass) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> bounds{0.0f, 1e-9f, 1.0f, -1.0f, 1.0f + 1e-6f, 1e6f, -1e20f, 3e38f, infinity, -infinity};
    for (const float l : bounds)
        for (const float u : bounds) {
            const Range range = valid_range(range_of(l, u));
            const at::Tensor levels = range.l + at::arange(256) * ((range.u - range.l) / 255);
            EXPECT_TRUE(at::isfinite(levels).all().item<bool>()) << l << " " << u;
            EXPECT_GT((levels.slice(0, 1) - levels.slice(0, 0, 255)).min().item<double>(), 0) << l << " " << u;
            const Range again = valid_range(range);
            EXPECT_TRUE(at::equal(again.l, range.l) && at::equal(again.u, range.u)) << l << " " << u;
        }
}

TEST(ValidRange, does_not_hide_nan) {
    EXPECT_TRUE(valid_range(range_of(std::numeric_limits<float>::quiet_NaN(), 1)).l.isnan().item<bool>());
}

}  // namespace
}  // namespace dsqbench
