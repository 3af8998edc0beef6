// Any bits on processors with the int8 matrix extension: SMMLA multiplies two pixels' eight signed bytes by two
// channels' eight, 32 products, and adds them to four 32-bit sums.
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"

#define DSQBENCH_I8MM __attribute__((target("arch=armv8.2-a+i8mm")))

namespace dsqbench {
namespace {

constexpr int pairs = 2;  // of pixels a tile
// 16 sums of two pixels by two channels; with half as many channels the pairing of the pixels' rows costs a core that
// starts two vector instructions a cycle a third more than the products.
constexpr int channel_pairs = 8;
constexpr int block_channels = 2 * channel_pairs;
constexpr int step_weight_bytes = block_channels * neon_step_elements;
constexpr int halves = 2;  // of the sixteen elements of a step

using Sums = int32x4_t[pairs][channel_pairs];

// The rows of two pixels: {first's elements 0 .. 7, second's 0 .. 7}, then those of 8 .. 15.
DSQBENCH_ALWAYS_INLINE void load_pair(const std::int8_t* first, const std::int8_t* second, int8x16_t (&rows)[halves]) {
    // As pairs of 64 bits: for vcombine_s8() GCC 12 copies and inserts.
    const int64x2_t a = vreinterpretq_s64_s8(vld1q_s8(first)), b = vreinterpretq_s64_s8(vld1q_s8(second));
    rows[0] = vreinterpretq_s8_s64(vzip1q_s64(a, b));
    rows[1] = vreinterpretq_s8_s64(vzip2q_s64(a, b));
}

// A recursion, as all over the sums, so that every index is a constant when the compiler first looks: else they stay in
// memory.
template <int pair = 0>
DSQBENCH_ALWAYS_INLINE void set_to_zero(Sums& sums) {
    sums[0][pair] = sums[1][pair] = vdupq_n_s32(0);
    if constexpr (pair + 1 < channel_pairs) set_to_zero<pair + 1>(sums);
}

// As volatile assembly, so that products are taken in this order: GCC 12 loads all weights first, and then moves six of
// the registers to and fro, every seventh instruction of the units that multiply.
DSQBENCH_I8MM DSQBENCH_ALWAYS_INLINE void multiply_add(int32x4_t& sums, int8x16_t pixels, int8x16_t channels) {
    asm volatile("smmla %0.4s, %1.16b, %2.16b" : "+w"(sums) : "w"(pixels), "w"(channels));
}

template <int half, int pair = 0>
DSQBENCH_I8MM DSQBENCH_ALWAYS_INLINE void multiply(const int8x16_t (&pixels)[pairs][halves], const std::int8_t* w,
                                                   Sums& sums) {
    const int8x16_t channels = vld1q_s8(w + (half * channel_pairs + pair) * 16);
    multiply_add(sums[0][pair], pixels[0][half], channels);
    multiply_add(sums[1][pair], pixels[1][half], channels);
    if constexpr (pair + 1 < channel_pairs) multiply<half, pair + 1>(pixels, w, sums);
}

DSQBENCH_ALWAYS_INLINE void store_sums(const TileTask& task, int pixel, int channel, int32x4_t sums) {
    const int32x4_t start = vld1q_s32(task.start + pixel * task.start_stride + channel);
    vst1q_s32(task.sums + pixel * task.sums_stride + channel, vaddq_s32(start, sums));
}

// A pair's sums are {first pixel's two channels, second pixel's two}.
template <int pair = 0>
DSQBENCH_ALWAYS_INLINE void store_pair(const TileTask& task, int pixel, const int32x4_t (&sums)[channel_pairs]) {
    store_sums(task, pixel, 2 * pair, vcombine_s32(vget_low_s32(sums[pair]), vget_low_s32(sums[pair + 1])));
    if (pixel + 1 < task.pixels)
        store_sums(task, pixel + 1, 2 * pair, vcombine_s32(vget_high_s32(sums[pair]), vget_high_s32(sums[pair + 1])));
    if constexpr (pair + 2 < channel_pairs) store_pair<pair + 2>(task, pixel, sums);
}

DSQBENCH_I8MM void tile(const TileTask& task) {
    const auto* w = reinterpret_cast<const std::int8_t*>(task.weights);
    // Pixels that a tile at the end lacks are its last one again.
    const std::int8_t* a[2 * pairs];
    for (int i = 0; i < 2 * pairs; ++i)
        a[i] = reinterpret_cast<const std::int8_t*>(task.panel) + std::min(i, task.pixels - 1) * task.panel_stride;
    Sums sums;
    set_to_zero(sums);
    for (int step = 0; step < task.steps; ++step) {
        int8x16_t pixels[pairs][halves];
        load_pair(a[0] + step * neon_step_elements, a[1] + step * neon_step_elements, pixels[0]);
        load_pair(a[2] + step * neon_step_elements, a[3] + step * neon_step_elements, pixels[1]);
        multiply<0>(pixels, w, sums);
        multiply<1>(pixels, w, sums);
        w += step_weight_bytes;
    }
    store_pair(task, 0, sums[0]);
    if (task.pixels > 2) store_pair(task, 2, sums[1]);
}

// A step: of elements 0 .. 7 and then of 8 .. 15, for every two channels, the first's eight bytes, then the second's.
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int half = 0; half < halves; ++half)
            for (int channel = 0; channel < block_channels; ++channel)
                for (int i = 0; i < 8; ++i)
                    *packed++ = static_cast<std::byte>(block.at(channel, step * neon_step_elements + half * 8 + i));
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// One instruction for 32 products, one in eight more to pair the pixels.
double cost(const ConvolutionProblem& /*problem*/) {
    return 1.125 / 32.0;
}

std::unique_ptr<Convolution> prepare_matrix_multiply(const ConvolutionProblem& problem,
                                                     std::span<const std::uint8_t> weights) {
    Scheme scheme = neon_scheme(problem);
    scheme.block_channels = block_channels;
    scheme.step_weight_bytes = step_weight_bytes;
    scheme.tile = tile;
    scheme.pack = pack;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant neon_matrix_multiply_variant() {
    return {"neon/matrix_multiply", InstructionSet::neon_i8mm, supports, cost, prepare_matrix_multiply};
}

}  // namespace dsqbench
