// One to three bits on ARMv8.0: the scheme of the DSQ paper (Gong et al. 2019, section 3.5). MLA multiplies and adds
// sixteen signed bytes in one instruction, as often as the sums fit signed bytes: 31 times for 2 bits, 7 times for 3.
// The paper widens with SADDW, two instructions an accumulator; here the lanes of an accumulator belong to one sum, so
// SADALP widens and halves them in one.
#include "kernels/api/budget.h"
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"

namespace dsqbench {
namespace {

constexpr int channels = neon_tile_channels;
// Below four accumulations the widening costs what MLA gains over SMLAL.
constexpr int shortest_run = 4;

template <int pixels>
struct Sums {
    int8x16_t bytes[pixels][channels];
    int16x8_t words[pixels][channels];
};

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void multiply(const NeonStep<pixels>& step, Sums<pixels>& sums) {
    sums.bytes[pixel][channel] = vmlaq_s8(sums.bytes[pixel][channel], step.a[pixel], step.w[channel]);
    if constexpr (channel + 1 < channels)
        multiply<pixel, channel + 1>(step, sums);
    else if constexpr (pixel + 1 < pixels)
        multiply<pixel + 1, 0>(step, sums);
}

// Sixteen word sums do not fit the registers beside sixteen byte sums; they are visited once a run.
template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void widen(Sums<pixels>& sums) {
    sums.words[pixel][channel] = vpadalq_s8(sums.words[pixel][channel], sums.bytes[pixel][channel]);
    sums.bytes[pixel][channel] = vdupq_n_s8(0);
    if constexpr (channel + 1 < channels)
        widen<pixel, channel + 1>(sums);
    else if constexpr (pixel + 1 < pixels)
        widen<pixel + 1, 0>(sums);
}

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void set_to_zero(Sums<pixels>& sums) {
    sums.words[pixel][channel] = vdupq_n_s16(0);
    sums.bytes[pixel][channel] = vdupq_n_s8(0);
    if constexpr (channel + 1 < channels)
        set_to_zero<pixel, channel + 1>(sums);
    else if constexpr (pixel + 1 < pixels)
        set_to_zero<pixel + 1, 0>(sums);
}

// A word takes two bytes a run, |2 * 128|, and there are at most neon_steps_per_block / shortest_run runs.
static_assert(fits(times({-256, 254}, neon_steps_per_block / shortest_run), signed_16_bit));

template <int pixels>
void run_half(const TileTask& task, int first_channel) {
    const auto* a = reinterpret_cast<const std::int8_t*>(task.panel);
    const auto* w =
        reinterpret_cast<const std::int8_t*>(task.weights) + first_channel * task.steps * neon_step_elements;
    Sums<pixels> sums;
    set_to_zero(sums);
    for (int left = task.steps; left > 0; left -= task.run_length) {
        for (int i = std::min(task.run_length, left); i > 0; --i) {
            NeonStep<pixels> step;
            load_activations(a, task.panel_stride, step);
            load_weights(w, step);
            multiply(step, sums);
            a += neon_step_elements;
            w += channels * neon_step_elements;
        }
        widen(sums);
    }
    for (int pixel = 0; pixel < pixels; ++pixel) {
        int32x4_t lanes[channels];
        for (int channel = 0; channel < channels; ++channel) lanes[channel] = vpaddlq_s16(sums.words[pixel][channel]);
        store_pixel(task, pixel, first_channel, lanes);
    }
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
    return byte_multiply_budget(elements(problem.activations), elements(problem.weights));
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && run_length(problem) >= shortest_run;
}

// One instruction for sixteen products, another a run.
double cost(const ConvolutionProblem& problem) {
    return (1.0 + 1.0 / run_length(problem)) / 16.0;
}

std::unique_ptr<Convolution> prepare_multiply_accumulate(const ConvolutionProblem& problem,
                                                         std::span<const std::uint8_t> weights) {
    Scheme scheme = neon_scheme(problem);
    scheme.run_length = run_length(problem);
    scheme.tile = dispatch_tile<Tile, neon_tile_pixels>;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant neon_multiply_accumulate_variant() {
    return {"neon/multiply_accumulate", InstructionSet::neon, supports, cost, prepare_multiply_accumulate};
}

}  // namespace dsqbench
