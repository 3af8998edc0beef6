#include "kernels/api/shape.h"

#include <algorithm>
#include <limits>
#include <string>

#include "kernels/api/error.h"

namespace dsqbench {
namespace {

void require_at_least(int minimum, int value, const char* name) {
    if (value < minimum)
        throw ShapeError(std::string(name) + " is " + std::to_string(value) + ", must be at least " +
                         std::to_string(minimum));
}

void require_addressable(std::int64_t outer, std::int64_t inner, const char* name) {
    // Divided, as the product of six int32 sizes may not fit 64 bits.
    if (inner > 0 && outer > std::numeric_limits<std::int32_t>::max() / inner)
        throw ShapeError(std::string(name) + " has more than 2^31 - 1 elements");
}

int extent(int size, int padding, int kernel, int stride) {
    const int room = size + padding - kernel;
    return size == 0 || room < 0 ? 0 : room / stride + 1;
}

void validate_sizes(const ConvolutionShape& shape) {
    require_at_least(0, shape.batch, "batch");
    require_at_least(0, shape.height, "height");
    require_at_least(0, shape.width, "width");
    require_at_least(0, shape.in_channels, "in_channels");
    require_at_least(0, shape.out_channels, "out_channels");
    require_at_least(1, shape.kernel_height, "kernel_height");
    require_at_least(1, shape.kernel_width, "kernel_width");
    require_at_least(1, shape.stride, "stride");
    for (const int side : {shape.padding.top, shape.padding.bottom, shape.padding.left, shape.padding.right})
        require_at_least(0, side, "padding");
}

void validate_groups(const ConvolutionShape& shape) {
    const bool depthwise = shape.groups == shape.in_channels && shape.groups == shape.out_channels;
    if (shape.groups != 1 && !depthwise)
        throw ShapeError("groups is " + std::to_string(shape.groups) +
                         ", must be 1 or the number of input and of output channels");
}

void validate_elements(const ConvolutionShape& shape) {
    // 2^15 a side keeps every sum of two sizes, and every product of two, inside 32 bits.
    constexpr int longest_side = 1 << 15;
    for (const int size : {shape.height, shape.width, shape.kernel_height, shape.kernel_width, shape.stride,
                           shape.padding.top, shape.padding.bottom, shape.padding.left, shape.padding.right})
        if (size > longest_side) throw ShapeError("a size of " + std::to_string(size) + " is above 32768");
    require_addressable(std::int64_t{shape.height} * shape.width, shape.batch, "the input plane");
    require_addressable(shape.in_pixels(), shape.in_channels, "the input");
    require_addressable(std::int64_t{shape.out_height()} * shape.out_width(), shape.batch, "the output plane");
    require_addressable(shape.out_pixels(), shape.out_channels, "the output");
    require_addressable(std::int64_t{shape.taps()}, shape.group_channels(), "a filter");
    require_addressable(std::int64_t{shape.depth()}, shape.out_channels, "the weights");
}

}  // namespace

int ConvolutionShape::out_height() const {
    return extent(height, padding.top + padding.bottom, kernel_height, stride);
}

int ConvolutionShape::out_width() const {
    return extent(width, padding.left + padding.right, kernel_width, stride);
}

void validate(const ConvolutionShape& shape) {
    validate_sizes(shape);
    validate_groups(shape);
    validate_elements(shape);
}

ConvolutionShape as_convolution(const GemmShape& shape) {
    ConvolutionShape convolution;
    convolution.batch = shape.rows;  // not height: a batch may be longer than the 2^15 of an image's side
    convolution.height = 1;
    convolution.width = 1;
    convolution.in_channels = shape.depth;
    convolution.out_channels = shape.columns;
    return convolution;
}

}  // namespace dsqbench
