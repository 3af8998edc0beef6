// Dot products of 16-bit values: what GCC and clang turn into pmaddwd on x86 and smlal on ARM. Every code's value fits
// 16 bits, so there are no offsets and no overflow budget: this is the text to read first.
#include <cstring>

#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/finish_lanes.h"
#include "kernels/portable/variants.h"

namespace dsqbench {
namespace {

constexpr int tile_pixels = 2;
constexpr int tile_channels = 4;
constexpr int block_channels = 8;
constexpr int step_elements = 8;

// One tile of pixels by four channels: eight sums, which with their operands fill the sixteen registers of SSE2.
template <int pixels>
DSQBENCH_ALWAYS_INLINE void dot_products(const TileTask& task, int first_channel) {
    const std::ptrdiff_t elements = std::ptrdiff_t{task.steps} * step_elements;
    const auto* a = reinterpret_cast<const std::int16_t*>(task.panel);
    const auto* w = reinterpret_cast<const std::int16_t*>(task.weights) + first_channel * elements;
    const std::ptrdiff_t next = task.panel_stride / 2;
    std::int32_t sums[pixels][tile_channels] = {};
    for (std::ptrdiff_t k = 0; k < elements; ++k)
        for (int p = 0; p < pixels; ++p)
            for (int c = 0; c < tile_channels; ++c) sums[p][c] += a[p * next + k] * w[c * elements + k];
    for (int p = 0; p < pixels; ++p)
        for (int c = 0; c < tile_channels; ++c)
            task.sums[p * task.sums_stride + first_channel + c] =
                task.start[p * task.start_stride + first_channel + c] + sums[p][c];
}

void tile(const TileTask& task) {
    for (int channel = 0; channel < block_channels; channel += tile_channels) {
        if (task.pixels == tile_pixels)
            dot_products<tile_pixels>(task, channel);
        else
            dot_products<1>(task, channel);
    }
}

// [block_channels][steps * step_elements] int16
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int channel = 0; channel < block_channels; ++channel) {
        for (int k = 0; k < steps * step_elements; ++k) {
            const auto element = static_cast<std::int16_t>(block.at(channel, k));
            std::memcpy(packed, &element, sizeof element);
            packed += sizeof element;
        }
    }
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// Eight products an instruction and one addition on SSE2 and NEON, less loading: about a third of the 16 of AVX2's.
double cost(const ConvolutionProblem&) {
    return 0.3;
}

std::unique_ptr<Convolution> prepare_portable(const ConvolutionProblem& problem,
                                              std::span<const std::uint8_t> weights) {
    Scheme scheme{};
    scheme.format = OperandFormat::words;
    scheme.tile_pixels = tile_pixels;
    scheme.block_channels = block_channels;
    scheme.step_elements = step_elements;
    scheme.step_weight_bytes = block_channels * step_elements * 2;
    scheme.steps_per_block = 64;  // 8 KiB of weights
    scheme.tile = tile;
    scheme.pack = pack;
    scheme.finish = finish_portable;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant portable_variant() {
    return {"portable/dot_product", InstructionSet::baseline, supports, cost, prepare_portable};
}

}  // namespace dsqbench
