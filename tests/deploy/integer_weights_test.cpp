#include "suite/deploy/integer_weights.h"

#include <gtest/gtest.h>

#include <set>

namespace dsqbench::deploy {
namespace {

Layer layer_of(int bits, float scale, float offset, float input_offset = 0) {
    Layer layer;
    layer.shape.height = layer.shape.width = 5;
    layer.shape.in_channels = layer.shape.out_channels = 2;
    layer.shape.kernel_height = layer.shape.kernel_width = 3;
    layer.shape.padding = {1, 1, 1, 1};
    layer.input = RealGrid{2, input_offset, 0.5F};
    layer.codes = WeightCodes{bits, std::vector<std::uint8_t>(36), {scale, scale}, {offset, offset}};
    for (std::size_t i = 0; i < 36; ++i)
        layer.codes->codes[i] = static_cast<std::uint8_t>(i % (std::size_t{1} << bits));
    return layer;
}

TEST(IntegerWeights, of_a_grid_of_whole_steps_are_signed_codes) {
    const auto weights = integer_weights(layer_of(2, 0.3F, -0.6F));
    EXPECT_EQ(weights.type.coding, Coding::signed_codes);
    EXPECT_TRUE(weights.has_no_windows());
    EXPECT_NEAR(weights.unit[0], 0.5 * 0.3, 1e-7);
}

TEST(IntegerWeights, of_dorefa_are_the_odd_numbers_in_spite_of_the_rounding_of_its_levels) {
    const auto weights = integer_weights(layer_of(2, 2.0F / 3.0F, -1.0F));
    EXPECT_EQ(weights.type.coding, Coding::offset_codes);
    EXPECT_TRUE(weights.has_no_windows());
    EXPECT_NEAR(weights.unit[0], 0.5 / 3, 1e-7);
}

TEST(IntegerWeights, of_one_bit_are_minus_and_plus_one) {
    const auto weights = integer_weights(layer_of(1, 0.5F, -0.25F));
    EXPECT_EQ(weights.type.coding, Coding::offset_codes);
    EXPECT_EQ(weights.type.value(0), -1);
}

TEST(IntegerWeights, of_a_real_offset_need_window_sums) {
    const auto weights = integer_weights(layer_of(2, 0.3F, -0.5F));
    EXPECT_FALSE(weights.has_no_windows());
    // offset = -2 steps + rest
    EXPECT_NEAR(weights.window_unit[0], 0.5 * (-0.5 + 0.6), 1e-7);
}

TEST(IntegerWeights, one_channel_with_another_offset_is_enough) {
    Layer layer = layer_of(2, 0.3F, -0.6F);
    layer.codes->offset[1] = -0.61F;
    EXPECT_FALSE(integer_weights(layer).has_no_windows());
}

TEST(IntegerWeights, have_one_constant_where_the_code_of_zero_is_zero) {
    const auto weights = integer_weights(layer_of(2, 0.3F, -0.6F, 0.0F));
    EXPECT_TRUE(weights.classes.empty());
    EXPECT_EQ(weights.constant, std::vector<double>(2, 0.0));
}

TEST(IntegerWeights, have_nine_constants_where_a_border_of_zeros_is_no_code) {
    const auto weights = integer_weights(layer_of(2, 0.3F, -0.6F, -0.25F));
    ASSERT_EQ(weights.classes.size(), 25U);
    EXPECT_EQ(std::set(weights.classes.begin(), weights.classes.end()).size(), 9U);
    EXPECT_EQ(weights.classes[0], 0);                    // the corner
    EXPECT_EQ(weights.classes[6], weights.classes[12]);  // inside
    // The corner sees rows 1, 2 and columns 1, 2 of the kernel: taps 4, 5, 7, 8, two channels each.
    double sum = 0;
    for (const int tap : {4, 5, 7, 8})
        for (const int i : {0, 1}) sum += -0.6 + 0.3 * ((tap * 2 + i) % 4);
    EXPECT_NEAR(weights.constant[0], -0.25 * sum, 1e-6);
}

}  // namespace
}  // namespace dsqbench::deploy
