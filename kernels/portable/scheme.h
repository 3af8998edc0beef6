// What an instruction set supplies to the blocked convolution: an inner loop, its geometry, its weights' layout.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/portable/copy_rows.h"
#include "kernels/portable/finish.h"
#include "kernels/portable/operand.h"

namespace dsqbench {

// sums[pixel][channel] = start[pixel][channel] + sum over k of activation[pixel][k] * weight[channel][k]
struct TileTask {
    const std::byte* panel;       // elements of the tile's first pixel
    std::ptrdiff_t panel_stride;  // bytes to the next pixel's
    const std::byte* weights;     // of the channel block, as Scheme::pack wrote them
    int steps;                    // of Scheme::step_elements elements each
    int run_length;               // accumulations until a narrow accumulator is full
    int pixels;                   // 1 .. Scheme::tile_pixels
    const std::int32_t* start;    // the same place as sums, or one row for all pixels, whose stride is then 0
    std::ptrdiff_t start_stride;  // numbers to the next pixel's
    std::int32_t* sums;
    std::ptrdiff_t sums_stride;
};

// The weights of a block of channels over a block of steps, 0 beyond the last channel and the last element.
struct WeightBlock {
    const std::int16_t* elements;  // [channels][stride]
    std::ptrdiff_t stride;
    int channels;  // that exist; the block may be larger
    int first_element;

    int at(int channel, int k) const { return channel < channels ? elements[channel * stride + first_element + k] : 0; }
};

// The largest Scheme::block_channels.
constexpr int most_block_channels = 128;

// How much more than a problem's channels a kernel computes, in whole blocks as it does: for the expected costs.
constexpr double padding_factor(int channels, int block) {
    return channels == 0 ? 1.0 : static_cast<double>((channels + block - 1) / block * block) / channels;
}

struct Scheme {
    OperandFormat format;
    Mapping activations, weights;
    int tile_pixels;
    int block_channels;     // a multiple of 8
    int step_elements;      // consumed by one step of the inner loop
    int step_weight_bytes;  // of the whole channel block
    int steps_per_block;    // between two visits of the sums: keeps the block's weights in the first-level cache
    int run_length;
    void (*tile)(const TileTask&);
    // Writes the `steps * step_weight_bytes` bytes of a block.
    void (*pack)(const WeightBlock&, int steps, std::byte* packed);
    Finish finish;
    CopyRows copy = copy_rows_portable;
};

}  // namespace dsqbench
