#include "quantizers/staircase.h"

#include <gtest/gtest.h>

#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

Staircase staircase_of(double l, double u, int bits) {
    return make_staircase({at::scalar_tensor(l, at::kDouble), at::scalar_tensor(u, at::kDouble)}, bits);
}

TEST(Staircase, has_its_ends_at_l_and_u) {
    const Grid grid = staircase_of(-1, 2, 2).grid;
    EXPECT_EQ(grid.highest, 3);
    EXPECT_TRUE(at::equal(grid.dequantize(at::arange(4, at::kInt)), at::tensor({-1.0, 0.0, 1.0, 2.0}, at::kDouble)));
}

TEST(Staircase, locates_interval_and_place_within_it) {
    const at::Tensor x = at::tensor({-9.0, -1.0, 0.25, 2.0, 9.0}, at::kDouble);
    const Position place = locate(x, staircase_of(-1, 2, 2));
    EXPECT_TRUE(at::equal(place.v, at::tensor({0.0, 0.0, 1.25, 3.0, 3.0}, at::kDouble)));
    EXPECT_TRUE(at::equal(place.interval, at::tensor({0.0, 0.0, 1.0, 2.0, 2.0}, at::kDouble)));
    EXPECT_TRUE(at::equal(place.t, at::tensor({0.0, 0.0, 0.25, 1.0, 1.0}, at::kDouble)));
    EXPECT_TRUE(at::equal(place.inside, at::tensor({0.0, 1.0, 1.0, 1.0, 0.0}, at::kDouble)));
}

// In float32, (u - l) / ((u - l) / n) is above n for some ranges; u itself must still count as inside.
TEST(Staircase, counts_its_ends_as_inside_whatever_the_rounding) {
    Random random(5);
    for (int trial = 0; trial < 200; ++trial) {
        const auto l = static_cast<float>(random.normal());
        const auto u = l + 0.1f + static_cast<float>(random.uniform());
        const at::Tensor ends = at::tensor({l, u});
        for (int bits = 1; bits <= 8; ++bits) {
            const Position place = locate(ends, make_staircase({ends[0], ends[1]}, bits));
            ASSERT_TRUE(at::equal(place.inside, at::ones({2}))) << l << " " << u << " " << bits;
        }
    }
}

TEST(Staircase, soft_function_of_the_straight_step_is_clipping) {
    const at::Tensor x = 2 * normal_sample({100});
    const at::Tensor soft = soft_staircase<StraightStep>(x, staircase_of(-1, 2, 3), {});
    EXPECT_LT(largest_difference(soft, x.clamp(-1, 2)), 1e-12);
}

TEST(Staircase, makes_no_gradient_that_nobody_asked_for) {
    const at::Tensor x = normal_sample({10}).requires_grad_();
    quantize_on<StraightStep>(x, staircase_of(-1, 1, 2), {}, RangeGradient::hard).sum().backward();
    EXPECT_TRUE(x.grad().defined());
    const at::NoGradGuard no_gradient;
    EXPECT_FALSE(quantize_on<StraightStep>(x, staircase_of(-1, 1, 2), {}, RangeGradient::hard).requires_grad());
}

TEST(Staircase, lets_nan_through) {
    const at::Tensor x = at::full({1}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
    EXPECT_TRUE(
        quantize_on<StraightStep>(x, staircase_of(-1, 1, 2), {}, RangeGradient::hard).isnan().all().item<bool>());
}

}  // namespace
}  // namespace dsqbench
