// The reference against numbers that were worked out by hand, and against itself in another order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "kernels/api/error.h"
#include "kernels/reference/epilogue.h"
#include "kernels/reference/gemm.h"
#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

using ::testing::ElementsAre;
using testing::Sample;

std::vector<std::int32_t> sums(const Sample& sample) {
    const auto bytes = testing::run(find_variant("reference/scalar"), sample);
    std::vector<std::int32_t> numbers(bytes.size() / 4);
    std::memcpy(numbers.data(), bytes.data(), bytes.size());
    return numbers;
}

ConvolutionProblem one_row(int width, int kernel_width) {
    ConvolutionProblem problem;
    problem.shape.height = 1;
    problem.shape.width = width;
    problem.shape.in_channels = problem.shape.out_channels = 1;
    problem.shape.kernel_width = kernel_width;
    problem.activations = {2, Coding::unsigned_codes};
    problem.weights = {2, Coding::signed_codes};
    return problem;
}

TEST(ReferenceConvolution, slides_the_kernel_along_a_row) {
    // Weights -2, 1 over 1 2 3: -2 + 2, -4 + 3.
    const Sample sample{one_row(3, 2), pack_codes(std::vector<std::uint8_t>{1, 2, 3}, 1, 2), {}, {0, 3}};
    EXPECT_THAT(sums(sample), ElementsAre(0, -1));
}

TEST(ReferenceConvolution, pads_with_the_stated_code) {
    ConvolutionProblem problem = one_row(3, 2);
    problem.shape.padding = {0, 0, 1, 1};
    problem.padding_code = 3;
    const Sample sample{problem, pack_codes(std::vector<std::uint8_t>{1, 2, 3}, 1, 2), {}, {0, 3}};
    EXPECT_THAT(sums(sample), ElementsAre(-6 + 1, 0, -1, -6 + 3));
}

TEST(ReferenceConvolution, strides) {
    ConvolutionProblem problem = one_row(5, 1);
    problem.shape.stride = 2;
    const Sample sample{problem, pack_codes(std::vector<std::uint8_t>{1, 2, 3, 0, 2}, 1, 2), {}, {3}};
    EXPECT_THAT(sums(sample), ElementsAre(1, 3, 2));
}

TEST(ReferenceConvolution, depthwise_keeps_channels_apart) {
    ConvolutionProblem problem = one_row(2, 2);
    problem.shape.in_channels = problem.shape.out_channels = problem.shape.groups = 2;
    const Sample sample{problem, pack_codes(std::vector<std::uint8_t>{1, 2, 3, 0}, 2, 2), {}, {3, 3, 0, 1}};
    EXPECT_THAT(sums(sample), ElementsAre(1 + 3, -2 * 2 - 1 * 0));
}

TEST(ReferenceConvolution, of_one_pixel_is_the_matrix_product) {
    std::mt19937 random(2);
    for (const Coding coding : {Coding::unsigned_codes, Coding::signed_codes, Coding::offset_codes}) {
        const GemmShape shape{5, 7, 13};
        ConvolutionProblem problem{as_convolution(shape), {3, coding}, {5, coding}};
        const Sample sample = testing::make_sample(problem, {}, random);
        const auto codes = unpack_codes(sample.activations, shape.depth, 3);
        EXPECT_EQ(sums(sample), reference_gemm(shape, {codes, sample.weights, problem.activations, problem.weights}));
    }
}

TEST(ReferenceEpilogue, counts_thresholds_in_the_channel_s_direction) {
    const Thresholds thresholds{2, {-5, 0, 10, -5, 0, 10}, {Direction::rising, Direction::falling}};
    EXPECT_EQ(reference_code(thresholds, 0, -6), 0);
    EXPECT_EQ(reference_code(thresholds, 0, 0), 2);
    EXPECT_EQ(reference_code(thresholds, 0, 10), 3);
    EXPECT_EQ(reference_code(thresholds, 1, -5), 3);
    EXPECT_EQ(reference_code(thresholds, 1, 0), 2);
    EXPECT_EQ(reference_code(thresholds, 1, 11), 0);
}

TEST(ReferenceEpilogue, rounds_ties_to_even_and_saturates) {
    const Requantize requantize{2, {0.5F}, {0.0F}};
    EXPECT_EQ(reference_code(requantize, 0, 1, 0), 0);
    EXPECT_EQ(reference_code(requantize, 0, 3, 0), 2);
    EXPECT_EQ(reference_code(requantize, 0, 100, 0), 3);
    EXPECT_EQ(reference_code(requantize, 0, -100, 0), 0);
}

TEST(ReferenceEpilogue, adds_the_residual_before_the_rectifier) {
    Requantize requantize{4, {1.0F}, {1.0F}, Rectifier::relu, -2.0F, 1.0F, Residual{{2, Coding::signed_codes}, 3.0F}};
    EXPECT_EQ(reference_code(requantize, 0, 4, 0), 2);  // 4 + 1 - 6 is rectified to 0, which lies 2 above the offset
    requantize.rectifier = Rectifier::none;
    EXPECT_EQ(reference_code(requantize, 0, 4, 0), 1);
}

TEST(Variants, unknown_names_list_the_known_ones) {
    try {
        find_variant("avx3/magic");
        FAIL();
    } catch (const KernelError& error) {
        EXPECT_NE(std::string(error.what()).find("reference/scalar"), std::string::npos);
    }
}

TEST(Variants, refuse_weights_that_are_too_many_or_too_wide) {
    const ConvolutionProblem problem = one_row(3, 2);
    EXPECT_THROW(prepare(problem, std::vector<std::uint8_t>{0, 1, 2}), ShapeError);
    EXPECT_THROW(prepare(problem, std::vector<std::uint8_t>{0, 4}), ShapeError);
}

}  // namespace
}  // namespace dsqbench
