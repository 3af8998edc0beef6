// Any bits on ARMv8.2 with the dot-product extension: SDOT multiplies sixteen signed bytes and adds them by fours to 32
// bits, so that nothing overflows and nothing is widened.
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"

#define DSQBENCH_DOT __attribute__((target("arch=armv8.2-a+dotprod")))

namespace dsqbench {
namespace {

constexpr int channels = neon_tile_channels;

template <int pixels>
using Sums = int32x4_t[pixels][channels];

template <int pixel = 0, int channel = 0, int pixels>
DSQBENCH_DOT DSQBENCH_ALWAYS_INLINE void multiply(const NeonStep<pixels>& step, Sums<pixels>& sums) {
    sums[pixel][channel] = vdotq_s32(sums[pixel][channel], step.a[pixel], step.w[channel]);
    if constexpr (channel + 1 < channels)
        multiply<pixel, channel + 1>(step, sums);
    else if constexpr (pixel + 1 < pixels)
        multiply<pixel + 1, 0>(step, sums);
}

template <int pixels>
DSQBENCH_DOT void run_half(const TileTask& task, int first_channel) {
    const auto* a = reinterpret_cast<const std::int8_t*>(task.panel);
    const auto* w =
        reinterpret_cast<const std::int8_t*>(task.weights) + first_channel * task.steps * neon_step_elements;
    Sums<pixels> sums;
    for (auto& pixel : sums)
        for (int32x4_t& sum : pixel) sum = vdupq_n_s32(0);
    for (int i = task.steps; i > 0; --i) {
        NeonStep<pixels> step;
        load_activations(a, task.panel_stride, step);
        load_weights(w, step);
        multiply(step, sums);
        a += neon_step_elements;
        w += channels * neon_step_elements;
    }
    for (int pixel = 0; pixel < pixels; ++pixel) store_pixel(task, pixel, first_channel, sums[pixel]);
}

struct Tile {
    template <int pixels>
    static void run_tile(const TileTask& task) {
        for (int channel = 0; channel < neon_block_channels; channel += channels) run_half<pixels>(task, channel);
    }
};

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// One instruction for sixteen products.
double cost(const ConvolutionProblem& /*problem*/) {
    return 1.0 / 16.0;
}

std::unique_ptr<Convolution> prepare_dot_product(const ConvolutionProblem& problem,
                                                 std::span<const std::uint8_t> weights) {
    Scheme scheme = neon_scheme(problem);
    scheme.tile = dispatch_tile<Tile, neon_tile_pixels>;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant neon_dot_product_variant() {
    return {"neon/dot_product", InstructionSet::neon_dot, supports, cost, prepare_dot_product};
}

}  // namespace dsqbench
