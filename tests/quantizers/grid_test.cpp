#include "quantizers/grid.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

Grid quarter_grid() {
    return make_grid(2, at::scalar_tensor(0.25f), at::scalar_tensor(-0.5f));
}

TEST(Grid, rounds_to_the_nearest_code_and_saturates) {
    const at::Tensor x = at::tensor({-9.0f, -0.5f, -0.3f, 0.1f, 0.25f, 9.0f});
    EXPECT_TRUE(at::equal(quarter_grid().quantize(x), at::tensor({0, 0, 1, 2, 3, 3}, at::kInt)));
}

TEST(Grid, rounds_ties_to_even_codes) {
    const at::Tensor ties = at::tensor({-0.375f, -0.125f, 0.125f});  // codes 0.5, 1.5, 2.5
    EXPECT_TRUE(at::equal(quarter_grid().quantize(ties), at::tensor({0, 2, 2}, at::kInt)));
}

TEST(Grid, dequantizes_to_offset_plus_scale_times_code) {
    EXPECT_TRUE(
        at::equal(quarter_grid().dequantize(at::arange(4, at::kInt)), at::tensor({-0.5f, -0.25f, 0.0f, 0.25f})));
}

TEST(Grid, warps_before_rounding) {
    Grid grid = quarter_grid();
    grid.warp = [](const at::Tensor& x) { return -x; };
    EXPECT_TRUE(at::equal(grid.quantize(at::tensor({0.5f, -9.0f})), at::tensor({0, 3}, at::kInt)));
    EXPECT_TRUE(at::equal(grid.fake_quantize(at::tensor({0.5f})), at::tensor({-0.5f})));
}

TEST(Grid, fake_quantizes_to_the_bits_of_the_codes) {
    const at::Tensor x = normal_sample({1000}).to(at::kFloat);
    const Grid grid = make_grid(8, at::scalar_tensor(0.0123f), at::scalar_tensor(-1.57f));
    EXPECT_TRUE(at::equal(grid.fake_quantize(x), grid.dequantize(grid.quantize(x))));
}

TEST(Grid, has_a_scale_and_offset_a_channel) {
    const Grid grid = make_grid(1, at::tensor({1.0f, 10.0f}), at::tensor({0.0f, -10.0f}));
    const at::Tensor x = at::tensor({0.2f, 0.8f, -9.0f, -1.0f}).reshape({2, 2});
    EXPECT_TRUE(at::equal(grid.fake_quantize(x), at::tensor({0.0f, 1.0f, -10.0f, 0.0f}).reshape({2, 2})));
}

TEST(BroadcastChannels, refuses_another_number_of_channels) {
    EXPECT_THROW(broadcast_channels(at::ones({3}), at::ones({2, 3})), std::invalid_argument);
    EXPECT_THROW(broadcast_channels(at::ones({1}), at::ones({})), std::invalid_argument);
}

TEST(SumToChannels, is_the_adjoint_of_broadcasting) {
    const at::Tensor values = at::arange(6, at::kFloat).reshape({2, 3});
    EXPECT_TRUE(at::equal(sum_to_channels(values, at::ones({2})), at::tensor({3.0f, 12.0f})));
    EXPECT_TRUE(at::equal(sum_to_channels(values, at::ones({})), at::scalar_tensor(15.0f)));
}

}  // namespace
}  // namespace dsqbench
