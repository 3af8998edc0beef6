// One-bit products with AVX-512's vpopcntd: 32 codes of a pixel and of each of 16 channels are one double word, of
// which AND leaves the products and the population count adds them up. Three instructions for 512 products, and the
// sums are 32-bit at once. The packed activations are the operands as they stand.
#include <cstring>

#include "kernels/api/processor_model.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/x86/avx512.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

#define DSQBENCH_POPCOUNT __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")))
#define DSQBENCH_POPCOUNT_INLINE \
    inline __attribute__((always_inline, target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")))

constexpr int vectors = 2;
constexpr int block_channels = vectors * 16;
constexpr int step_elements = 32;
constexpr int step_weight_bytes = block_channels * step_elements / 8;

DSQBENCH_POPCOUNT_INLINE void count(__m512i& sum, __m512i activations, __m512i weights) {
    const __m512i ones = _mm512_popcnt_epi32(_mm512_and_si512(activations, weights));
    asm volatile("vpaddd %1, %0, %0" : "+v"(sum) : "v"(ones));
}

template <int pixel = 0, int pixels>
DSQBENCH_POPCOUNT_INLINE void count_step(const PanelRows& rows, __m512i w0, __m512i w1,
                                         WideAccumulators<pixels, vectors>& sums) {
    const __m512i activation = broadcast_double_word(rows.at<pixel>());
    count(sums[pixel][0], activation, w0);
    count(sums[pixel][1], activation, w1);
    if constexpr (pixel + 1 < pixels) count_step<pixel + 1>(rows, w0, w1, sums);
}

struct Tile {
    template <int pixels>
    DSQBENCH_POPCOUNT static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        PanelRows rows(task);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        WideAccumulators<pixels, vectors> sums;
        set_to_zero(sums);
        for (int step = task.steps; step > 0; --step, w += step_weight_bytes) {
            count_step(rows, load_into_wide_register(w), load_into_wide_register(w + 64), sums);
            rows.advance(step_elements / 8);
        }
        store_all(task, sums);
    }
};

void tile(const TileTask& task) {
    dispatch_tile<Tile, wide_tile_pixels>(task);
}

// A step: for each channel a double word, the first element's bit the lowest.
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step) {
        for (int channel = 0; channel < block_channels; ++channel) {
            std::uint32_t word = 0;
            for (int i = 0; i < step_elements; ++i)
                word |= static_cast<std::uint32_t>(block.at(channel, step * step_elements + i) & 1) << i;
            std::memcpy(packed, &word, sizeof word);
            packed += sizeof word;
        }
    }
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && problem.activations.bits == 1 && problem.weights.bits == 1;
}

// Three instructions for 512 products.
double cost(const ConvolutionProblem& problem) {
    return wide_instruction_cost() * 3.0 / 512.0 * padding_factor(problem.shape.out_channels, block_channels);
}

std::unique_ptr<Convolution> prepare_popcount(const ConvolutionProblem& problem,
                                              std::span<const std::uint8_t> weights) {
    Scheme scheme{};
    scheme.format = OperandFormat::bits;
    scheme.activations = code_mapping(problem.activations);
    // A signed bit is 0 or -1: its negated value, so that elements are 0 and 1.
    scheme.weights = problem.weights.coding == Coding::signed_codes ? Mapping{-1, 0} : code_mapping(problem.weights);
    scheme.tile_pixels = wide_tile_pixels;
    scheme.block_channels = block_channels;
    scheme.step_elements = step_elements;
    scheme.step_weight_bytes = step_weight_bytes;
    scheme.steps_per_block = 144;  // 18 KiB of weights: all of a 3x3 kernel over 512 channels
    scheme.tile = tile;
    scheme.pack = pack;
    scheme.finish = finish_avx2;
    scheme.copy = copy_rows_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

KernelVariant avx512_popcount_variant() {
    return {"avx512/popcount", avx512_base | InstructionSet::avx512_vpopcntdq, supports, cost, prepare_popcount};
}

}  // namespace dsqbench
