// Shapes of the two operators, in codes, not bytes. A matrix product is a convolution with a 1x1 kernel: see
// as_convolution().
#pragma once

#include <cstdint>

namespace dsqbench {

// sums[row][column] = sum over k of activations[row][k] * weights[column][k]
struct GemmShape {
    int rows = 0;     // activations' rows
    int columns = 0;  // weights' rows
    int depth = 0;
};

struct Padding {
    int top = 0, bottom = 0, left = 0, right = 0;
};

// groups: 1, or depth-wise, where groups = in_channels = out_channels.
struct ConvolutionShape {
    int batch = 1;
    int height = 0, width = 0;
    int in_channels = 0, out_channels = 0;
    int kernel_height = 1, kernel_width = 1;
    int stride = 1;  // the same down and across
    Padding padding = {};
    int groups = 1;

    // 0 where the kernel does not fit into the padded image.
    int out_height() const;
    int out_width() const;
    int taps() const { return kernel_height * kernel_width; }
    int group_channels() const { return groups == 1 ? in_channels : 1; }
    int depth() const { return taps() * group_channels(); }
    bool depthwise() const { return groups > 1; }
    std::int64_t in_pixels() const { return std::int64_t{batch} * height * width; }
    std::int64_t out_pixels() const { return std::int64_t{batch} * out_height() * out_width(); }
    // Multiply-accumulates as papers count them, padding included.
    std::int64_t nominal_macs() const { return out_pixels() * out_channels * depth(); }
};

// Throws ShapeError for negative sizes, a kernel or stride below 1, other groups, or more than 2^31 - 1 elements in a
// tensor. Sizes of 0 are valid and give empty results, or sums of 0 where only the depth is 0.
void validate(const ConvolutionShape& shape);

ConvolutionShape as_convolution(const GemmShape& shape);

}  // namespace dsqbench
