// The three transforms of Winograd's F(2x2, 3x3) (Lavin and Gray 2016), in integers. Y = A^T [(G w G^T) . (B^T d B)] A:
//
//     B^T = 1  0 -1  0    2 G = 2  0  0    A^T = 1 1  1  0
//           0  1  1  0          1  1  1          0 1 -1 -1
//           0 -1  1  0          1 -1  1
//           0  1  0 -1          0  0  2
//
// With 2 G for G everything is an integer and Y is four times too large, exactly.
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

// A patch of 4x4 pixels: `pixels` bytes of codes each. Writes position p's bytes at out + p * position_stride, up to
// the next multiple of 32 bytes.
struct PatchTask {
    std::array<const std::byte*, winograd_positions> pixels;
    std::ptrdiff_t pixel_bytes;
    int bits;
    std::byte* out;
    std::ptrdiff_t position_stride;
};
void transform_patch(const PatchTask& task);

// Sums of 16 channels at the 16 positions to those of the 2x2 outputs.
struct OutputTask {
    const std::int32_t* sums;  // [positions][position_stride]
    std::ptrdiff_t position_stride;
    std::array<std::int32_t*, 4> outputs;  // upper left, upper right, lower left, lower right
};
void transform_output(const OutputTask& task);

}  // namespace dsqbench
