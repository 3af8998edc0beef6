#include "kernels/api/shape.h"

#include <gtest/gtest.h>

#include <functional>

#include "kernels/api/convolution.h"
#include "kernels/api/error.h"

namespace dsqbench {
namespace {

ConvolutionShape resnet18_stage() {
    ConvolutionShape shape;
    shape.height = shape.width = 56;
    shape.in_channels = shape.out_channels = 64;
    shape.kernel_height = shape.kernel_width = 3;
    shape.padding = {1, 1, 1, 1};
    return shape;
}

ConvolutionShape changed(const std::function<void(ConvolutionShape&)>& change) {
    ConvolutionShape shape = resnet18_stage();
    change(shape);
    return shape;
}

TEST(ConvolutionShape, of_a_resnet18_stage_has_its_published_size) {
    const ConvolutionShape shape = resnet18_stage();
    EXPECT_EQ(shape.out_height(), 56);
    EXPECT_EQ(shape.depth(), 576);
    EXPECT_EQ(shape.nominal_macs(), 115605504);
}

TEST(ConvolutionShape, stride_and_padding_may_differ_on_every_side) {
    const auto shape = changed([](ConvolutionShape& s) {
        s.stride = 2;
        s.padding = {0, 1, 2, 0};
    });
    EXPECT_EQ(shape.out_height(), (56 + 1 - 3) / 2 + 1);
    EXPECT_EQ(shape.out_width(), (56 + 2 - 3) / 2 + 1);
}

TEST(ConvolutionShape, a_kernel_larger_than_the_image_leaves_nothing) {
    const auto shape = changed([](ConvolutionShape& s) { s.kernel_height = 59; });
    EXPECT_EQ(shape.out_height(), 0);
    EXPECT_EQ(shape.nominal_macs(), 0);
    EXPECT_NO_THROW(validate(shape));
}

TEST(ConvolutionShape, refuses_what_no_kernel_can_run) {
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.batch = -1; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.kernel_width = 0; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.stride = 0; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.padding.left = -1; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.groups = 2; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.height = 1 << 16; })), ShapeError);
    EXPECT_THROW(validate(changed([](ConvolutionShape& s) { s.batch = 1 << 20; })), ShapeError);
}

TEST(ConvolutionProblem, refuses_sums_that_may_not_fit_32_bits) {
    ConvolutionProblem problem{changed([](ConvolutionShape& s) { s.in_channels = 1 << 12; }), {}, {}};
    EXPECT_THROW(validate(problem), ShapeError);
    problem.weights.bits = 7;
    EXPECT_NO_THROW(validate(problem));
}

TEST(ConvolutionProblem, refuses_a_padding_code_that_is_none) {
    ConvolutionProblem problem{resnet18_stage(), {2}, {2}, 4};
    EXPECT_THROW(validate(problem), ShapeError);
    problem.padding_code = 3;
    EXPECT_NO_THROW(validate(problem));
}

TEST(ConvolutionProblem, refuses_an_epilogue_of_the_wrong_length) {
    ConvolutionProblem problem{resnet18_stage(), {2}, {2}};
    problem.epilogue = Thresholds{2, std::vector<std::int32_t>(64 * 3 - 1), {}};
    EXPECT_THROW(validate(problem), ShapeError);
    problem.epilogue = Requantize{2, std::vector<float>(64), std::vector<float>(63)};
    EXPECT_THROW(validate(problem), ShapeError);
    problem.epilogue = Requantize{2, std::vector<float>(64), std::vector<float>(64), Rectifier::none, 0.0F, 0.0F};
    EXPECT_THROW(validate(problem), ShapeError);
}

}  // namespace
}  // namespace dsqbench
