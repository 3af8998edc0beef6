// The three transforms of Winograd's F(2x2, 3x3) (Lavin and Gray 2016), in integers. Y = A^T [(G w G^T) . (B^T d B)] A:
//
//     B^T = 1  0 -1  0    G = 1  0  0    2 A^T = 2 1  1  0
//           0  1  1  0        1  1  1            0 1 -1 -2
//           0 -1  1  0        1 -1  1
//           0  1  0 -1        0  0  1
//
// This G has twice Lavin's middle rows, and A makes up for it, so that everything is an integer, Y is four times too
// large, exactly, and the weights are as small as can be: at four of the positions a single one, at eight three.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dsqbench {

constexpr int winograd_positions = 16;

// Nine weights (3x3) of one input and one output channel to sixteen.
std::array<int, winograd_positions> transform_weights(const std::array<int, 9>& weights);

// What is added to a transformed activation so that it is not negative: 0 at the position that only adds, else
// 2 (2^bits - 1).
constexpr int winograd_offset(int position, int bits) {
    return position == 5 ? 0 : 2 * ((1 << bits) - 1);
}

// A patch of 4x4 pixels of `pixel_bytes` bytes of codes each. Writes position p's elements at out + p *
// position_stride, up to the next multiple of 32 elements.
struct PatchTask {
    std::array<const std::byte*, winograd_positions> pixels;
    std::ptrdiff_t pixel_bytes;
    int bits;
    std::byte* out;
    std::ptrdiff_t position_stride;
};
// To bytes, made unsigned by winograd_offset(); at most 6 bits.
void transform_patch(const PatchTask& task);
// To int16, without offsets.
void transform_patch_to_words(const PatchTask& task);

// Sums of `channels` channels, a multiple of 16, at the 16 positions to those of the 2x2 outputs.
struct OutputTask {
    const std::int32_t* sums;  // [positions][position_stride]
    std::ptrdiff_t position_stride;
    int channels;
    std::array<std::int32_t*, 4> outputs;  // upper left, upper right, lower left, lower right
};
void transform_output(const OutputTask& task);

}  // namespace dsqbench
