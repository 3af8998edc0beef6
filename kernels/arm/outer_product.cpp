// Two to four bits on ARMv8.0 as the DSQ paper has it (Gong et al. 2019, section 3.5 and figure 4): MLA into bytes,
// then SADDW to 16 bits and to 32, two instructions an accumulator and step. How often MLA may add is computed from the
// codes' ranges: 31 times for 2 bits, 7 for 3, once for 4. The paper says nothing of the tile; here a vector is sixteen
// channels, an activation is replicated to all of them (an outer product), four pixels by 32 channels. It is here to be
// compared with: multiply_accumulate.cpp widens with one instruction and replicates nothing.
#include "kernels/api/budget.h"
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"

namespace dsqbench {
namespace {

constexpr int vectors = 2;  // of sixteen channels
constexpr int block_channels = vectors * 16;
constexpr int steps_per_block = 240;
// A word takes a byte a run, and a run is at least one step.
static_assert(fits(times(signed_8_bit, steps_per_block), signed_16_bit));

template <int pixels>
struct Sums {
    int8x16_t bytes[pixels][vectors];
    int16x8_t words[pixels][2 * vectors];
};

template <int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void multiply(const std::int8_t* a, std::ptrdiff_t stride, int8x16_t w0, int8x16_t w1,
                                     Sums<pixels>& sums) {
    const int8x16_t replicated = vld1q_dup_s8(a + pixel * stride);
    sums.bytes[pixel][0] = vmlaq_s8(sums.bytes[pixel][0], replicated, w0);
    sums.bytes[pixel][1] = vmlaq_s8(sums.bytes[pixel][1], replicated, w1);
    if constexpr (pixel + 1 < pixels) multiply<pixel + 1>(a, stride, w0, w1, sums);
}

template <int pixels>
DSQBENCH_ALWAYS_INLINE void widen(Sums<pixels>& sums) {
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int v = 0; v < vectors; ++v) {
            int16x8_t &low = sums.words[pixel][2 * v], &high = sums.words[pixel][2 * v + 1];
            low = vaddw_s8(low, vget_low_s8(sums.bytes[pixel][v]));
            high = vaddw_high_s8(high, sums.bytes[pixel][v]);
            sums.bytes[pixel][v] = vdupq_n_s8(0);
        }
}

template <int pixels>
void store(const TileTask& task, const Sums<pixels>& sums) {
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int v = 0; v < 2 * vectors; ++v) {
            const std::int32_t* start = task.start + pixel * task.start_stride + v * 8;
            std::int32_t* out = task.sums + pixel * task.sums_stride + v * 8;
            const int16x8_t words = sums.words[pixel][v];
            vst1q_s32(out, vaddw_s16(vld1q_s32(start), vget_low_s16(words)));
            vst1q_s32(out + 4, vaddw_high_s16(vld1q_s32(start + 4), words));
        }
}

struct Tile {
    template <int pixels>
    static void run_tile(const TileTask& task) {
        const auto* a = reinterpret_cast<const std::int8_t*>(task.panel);
        const auto* w = reinterpret_cast<const std::int8_t*>(task.weights);
        Sums<pixels> sums;
        for (auto& pixel : sums.bytes)
            for (int8x16_t& sum : pixel) sum = vdupq_n_s8(0);
        for (auto& pixel : sums.words)
            for (int16x8_t& sum : pixel) sum = vdupq_n_s16(0);
        for (int left = task.steps; left > 0; left -= task.run_length) {
            for (int i = std::min(task.run_length, left); i > 0; --i) {
                multiply(a, task.panel_stride, vld1q_s8(w), vld1q_s8(w + 16), sums);
                ++a;
                w += block_channels;
            }
            widen(sums);
        }
        store(task, sums);
    }
};

// A step: a signed byte for each channel.
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int channel = 0; channel < block_channels; ++channel)
            *packed++ = static_cast<std::byte>(block.at(channel, step));
}

int run_length(const ConvolutionProblem& problem) {
    const auto elements = [](const CodeType& type) { return Range{-type.levels() / 2, type.levels() / 2 - 1}; };
    return byte_multiply_budget(elements(problem.activations), elements(problem.weights));
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && run_length(problem) >= 1;
}

// For sixteen products one instruction, two more a run, and three loads for every four.
double cost(const ConvolutionProblem& problem) {
    return (1.75 + 2.0 / run_length(problem)) / 16.0;
}

std::unique_ptr<Convolution> prepare_outer_product(const ConvolutionProblem& problem,
                                                   std::span<const std::uint8_t> weights) {
    Scheme scheme = neon_scheme(problem);
    scheme.block_channels = block_channels;
    scheme.step_elements = 1;
    scheme.step_weight_bytes = block_channels;
    scheme.steps_per_block = steps_per_block;
    scheme.run_length = run_length(problem);
    scheme.tile = dispatch_tile<Tile, neon_tile_pixels>;
    scheme.pack = pack;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant neon_outer_product_variant() {
    return {"neon/outer_product", InstructionSet::neon, supports, cost, prepare_outer_product};
}

}  // namespace dsqbench
