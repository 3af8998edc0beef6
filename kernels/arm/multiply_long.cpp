// Up to eight bits on ARMv8.0: SMLAL and SMLAL2 multiply signed bytes and add to 16 bits, two instructions for sixteen
// products; SADALP widens to 32 bits when those are full, after 511 products of 4-bit codes, 31 at six bits, one at
// eight.
#include "kernels/api/budget.h"
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"

namespace dsqbench {
namespace {

constexpr int channels = neon_tile_channels;

template <int pixels>
using Words = int16x8_t[pixels][channels];
template <int pixels>
using DoubleWords = int32x4_t[pixels][channels];

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void set_to_zero(Words<pixels>& words) {
    words[pixel][channel] = vdupq_n_s16(0);
    if constexpr (channel + 1 < channels)
        set_to_zero<pixel, channel + 1>(words);
    else if constexpr (pixel + 1 < pixels)
        set_to_zero<pixel + 1, 0>(words);
}

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void set_to_zero(DoubleWords<pixels>& sums) {
    sums[pixel][channel] = vdupq_n_s32(0);
    if constexpr (channel + 1 < channels)
        set_to_zero<pixel, channel + 1>(sums);
    else if constexpr (pixel + 1 < pixels)
        set_to_zero<pixel + 1, 0>(sums);
}

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void multiply(const NeonStep<pixels>& step, Words<pixels>& words) {
    int16x8_t& sum = words[pixel][channel];
    sum = vmlal_s8(sum, vget_low_s8(step.a[pixel]), vget_low_s8(step.w[channel]));
    sum = vmlal_high_s8(sum, step.a[pixel], step.w[channel]);
    if constexpr (channel + 1 < channels)
        multiply<pixel, channel + 1>(step, words);
    else if constexpr (pixel + 1 < pixels)
        multiply<pixel + 1, 0>(step, words);
}

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void widen(const Words<pixels>& words, DoubleWords<pixels>& sums) {
    sums[pixel][channel] = vpadalq_s16(sums[pixel][channel], words[pixel][channel]);
    if constexpr (channel + 1 < channels)
        widen<pixel, channel + 1>(words, sums);
    else if constexpr (pixel + 1 < pixels)
        widen<pixel + 1, 0>(words, sums);
}

// Where 16 bits hold one product only: no accumulator between product and sum. Four products, then their sums, so that
// none waits for the one before; first the lower halves of all, then the upper ones, so that no sum is needed twice in
// a row. In assembly, because GCC 12 multiplies far ahead and keeps products on the stack.
enum class Half { lower, upper };

template <Half half>
DSQBENCH_ALWAYS_INLINE int16x8_t multiply_half(int8x16_t a, int8x16_t w) {
    int16x8_t product;
    if constexpr (half == Half::lower)
        asm volatile("smull %0.8h, %1.8b, %2.8b" : "=w"(product) : "w"(a), "w"(w));
    else
        asm volatile("smull2 %0.8h, %1.16b, %2.16b" : "=w"(product) : "w"(a), "w"(w));
    return product;
}

DSQBENCH_ALWAYS_INLINE void add_pairs(int32x4_t& sum, int16x8_t product) {
    asm volatile("sadalp %0.4s, %1.8h" : "+w"(sum) : "w"(product));
}

template <Half half, int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void multiply_and_widen(const NeonStep<pixels>& step, DoubleWords<pixels>& sums) {
    static_assert(channels == 4);
    const int8x16_t a = step.a[pixel];
    const int16x8_t product0 = multiply_half<half>(a, step.w[0]), product1 = multiply_half<half>(a, step.w[1]),
                    product2 = multiply_half<half>(a, step.w[2]), product3 = multiply_half<half>(a, step.w[3]);
    add_pairs(sums[pixel][0], product0);
    add_pairs(sums[pixel][1], product1);
    add_pairs(sums[pixel][2], product2);
    add_pairs(sums[pixel][3], product3);
    if constexpr (pixel + 1 < pixels) multiply_and_widen<half, pixel + 1>(step, sums);
}

// `run_length`: steps until the words are full, each of which takes two products; 0 where they cannot hold two.
template <int pixels>
DSQBENCH_ALWAYS_INLINE void accumulate(const TileTask& task, const std::int8_t* w, DoubleWords<pixels>& sums) {
    const auto* a = reinterpret_cast<const std::int8_t*>(task.panel);
    const auto load = [&](NeonStep<pixels>& step) {
        load_activations(a, task.panel_stride, step);
        load_weights(w, step);
        a += neon_step_elements;
        w += channels * neon_step_elements;
    };
    if (task.run_length == 0) {
        for (int i = task.steps; i > 0; --i) {
            NeonStep<pixels> step;
            load(step);
            multiply_and_widen<Half::lower>(step, sums);
            multiply_and_widen<Half::upper>(step, sums);
        }
        return;
    }
    for (int left = task.steps; left > 0; left -= task.run_length) {
        Words<pixels> words;
        set_to_zero<0, 0, pixels>(words);
        for (int i = std::min(task.run_length, left); i > 0; --i) {
            NeonStep<pixels> step;
            load(step);
            multiply(step, words);
        }
        widen<0, 0, pixels>(words, sums);
    }
}

// No loop, or the sums were an array in memory while they are formed, too.
template <int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void store_all(const TileTask& task, int first_channel, const DoubleWords<pixels>& sums) {
    store_pixel(task, pixel, first_channel, sums[pixel]);
    if constexpr (pixel + 1 < pixels) store_all<pixel + 1>(task, first_channel, sums);
}

template <int pixels>
void run_half(const TileTask& task, int first_channel) {
    DoubleWords<pixels> sums;
    set_to_zero<0, 0, pixels>(sums);
    accumulate<pixels>(
        task, reinterpret_cast<const std::int8_t*>(task.weights) + first_channel * task.steps * neon_step_elements,
        sums);
    store_all(task, first_channel, sums);
}

struct Tile {
    template <int pixels>
    static void run_tile(const TileTask& task) {
        for (int channel = 0; channel < neon_block_channels; channel += channels) run_half<pixels>(task, channel);
    }
};

Range elements(const CodeType& type) {
    return {-type.levels() / 2, type.levels() / 2 - 1};
}

int run_length(const ConvolutionProblem& problem) {
    return long_multiply_budget(elements(problem.activations), elements(problem.weights)) / 2;
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// Two instructions for sixteen products, another a run; or four.
double cost(const ConvolutionProblem& problem) {
    const int run = run_length(problem);
    return run == 0 ? 4.0 / 16.0 : (2.0 + 1.0 / run) / 16.0;
}

std::unique_ptr<Convolution> prepare_multiply_long(const ConvolutionProblem& problem,
                                                   std::span<const std::uint8_t> weights) {
    Scheme scheme = neon_scheme(problem);
    scheme.run_length = run_length(problem);
    scheme.tile = dispatch_tile<Tile, neon_tile_pixels>;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant neon_multiply_long_variant() {
    return {"neon/multiply_long", InstructionSet::neon, supports, cost, prepare_multiply_long};
}

}  // namespace dsqbench
