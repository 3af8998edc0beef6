// A convolution of one image in the blocked layout [C / 8, H, W, 8], as sums over taps. The same plan describes a
// forward pass and, with input and output exchanged, the gradient of its input.
#pragma once

#include <cstdint>
#include <vector>

namespace dsqbench::blocked {

inline constexpr std::int64_t block = 8;  // channels

// 3x3 with padding 1 or 1x1 without, stride 1 or 2; square kernels, any height and width.
struct ConvolutionShape {
    std::int64_t in_blocks = 0, out_blocks = 0;
    std::int64_t height = 0, width = 0;  // of the input
    std::int64_t kernel = 3, stride = 1;

    std::int64_t halo() const { return kernel / 2; }
    std::int64_t out_height() const { return (height - 1) / stride + 1; }
    std::int64_t out_width() const { return (width - 1) / stride + 1; }
    std::int64_t taps() const { return kernel * kernel; }
    std::int64_t weights() const { return in_blocks * block * out_blocks * block * taps(); }
    // Of one image: what it holds, and what a copy with its halo of zeros holds.
    std::int64_t in_size() const { return in_blocks * height * width * block; }
    std::int64_t out_size() const { return out_blocks * out_height() * out_width() * block; }
    std::int64_t padded_in_size() const { return in_blocks * padded_plane(height, width); }
    std::int64_t padded_out_size() const { return out_blocks * padded_plane(out_height(), out_width()); }
    std::int64_t padded_plane(std::int64_t rows, std::int64_t columns) const {
        return (rows + 2 * halo()) * (columns + 2 * halo()) * block;
    }
};

bool is_supported(const ConvolutionShape& shape);

struct Tap {
    int row, column;      // in the kernel
    std::int64_t offset;  // in floats, from the padded input pixel (row, column) * in_step of an output pixel
};

// Output pixels (first_row + i out_step, first_column + j out_step), i < rows, j < columns, that share their taps: all
// of them, or one of the four classes of a gradient through stride 2.
struct PixelClass {
    std::vector<std::int64_t> offsets;  // of its taps
    std::int64_t first_tap = 0;         // in the packed weights
    std::int64_t first_row = 0, first_column = 0, rows = 0, columns = 0;
};

struct Plan {
    std::int64_t in_blocks = 0, out_blocks = 0;
    std::int64_t padded_width = 0, padded_plane = 0;  // of the input; plane in floats
    std::int64_t out_height = 0, out_width = 0;
    std::int64_t in_step = 1, out_step = 1;
    std::vector<PixelClass> classes;
    std::vector<Tap> taps;  // in the order of the packed weights
};

Plan forward_plan(const ConvolutionShape& shape);
Plan input_gradient_plan(const ConvolutionShape& shape);

}  // namespace dsqbench::blocked
