// What the NEON files share: tiles of 4 pixels by 4 channels whose lanes are sixteen consecutive elements of a sum.
#pragma once

#include <arm_neon.h>

#include "kernels/portable/finish_lanes.h"
#include "kernels/portable/scheme.h"

namespace dsqbench {

constexpr int neon_tile_channels = 4;
constexpr int neon_tile_pixels = 4;
constexpr int neon_block_channels = 2 * neon_tile_channels;
constexpr int neon_step_elements = 16;
constexpr int neon_step_weight_bytes = neon_block_channels * neon_step_elements;
constexpr int neon_steps_per_block = 64;  // 8 KiB of weights

// The activations and weights of one step. Loops over pixels and channels are template recursions, as in x86/avx2.h:
// every index is a constant, so the arrays are registers.
template <int pixels>
struct NeonStep {
    int8x16_t a[pixels];
    int8x16_t w[neon_tile_channels];
};

template <int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void load_activations(const std::int8_t* a, std::ptrdiff_t stride, NeonStep<pixels>& step) {
    step.a[pixel] = vld1q_s8(a + pixel * stride);
    if constexpr (pixel + 1 < pixels) load_activations<pixel + 1>(a, stride, step);
}

template <int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void load_weights(const std::int8_t* w, NeonStep<pixels>& step) {
    step.w[channel] = vld1q_s8(w + channel * neon_step_elements);
    if constexpr (channel + 1 < neon_tile_channels) load_weights<channel + 1>(w, step);
}

// Four channels' sums of one pixel, each spread over four lanes.
DSQBENCH_ALWAYS_INLINE void store_pixel(const TileTask& task, int pixel, int channel, const int32x4_t (&lanes)[4]) {
    const int32x4_t totals = vpaddq_s32(vpaddq_s32(lanes[0], lanes[1]), vpaddq_s32(lanes[2], lanes[3]));
    const int32x4_t start = vld1q_s32(task.start + pixel * task.start_stride + channel);
    vst1q_s32(task.sums + pixel * task.sums_stride + channel, vaddq_s32(start, totals));
}

// For channels 0 .. 3, then 4 .. 7: every step's sixteen elements of each channel, a signed byte each.
void pack_neon(const WeightBlock& block, int steps, std::byte* packed);

// Elements are codes less 2^(b-1): the smallest signed bytes, so that the most products fit an accumulator.
Scheme neon_scheme(const ConvolutionProblem& problem);

}  // namespace dsqbench
