// Exact products of any codes on AVX2: vpmaddwd multiplies 16-bit values and adds pairs into 32 bits. At eight bits
// vpmaddubsw would saturate: 2 * 255 * 128 is above 32767.
#include "kernels/x86/word_pairs.h"

#include <cstring>

#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int vectors = word_pairs_channels / 8;
constexpr int step_weight_bytes = vectors * 32;

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void multiply_step(const char* a, std::ptrdiff_t stride, __m256i w0, __m256i w1,
                                        Accumulators<pixels, vectors>& sums) {
    const __m256i activation = _mm256_broadcastd_epi32(_mm_loadu_si32(a + pixel * stride));
    add_double_words(sums[pixel][0], _mm256_madd_epi16(activation, w0));
    add_double_words(sums[pixel][1], _mm256_madd_epi16(activation, w1));
    if constexpr (pixel + 1 < pixels) multiply_step<pixel + 1>(a, stride, w0, w1, sums);
}

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void store_all(const TileTask& task, const Accumulators<pixels, vectors>& sums) {
    store_sums(task, pixel, 0, sums[pixel][0]);
    store_sums(task, pixel, 8, sums[pixel][1]);
    if constexpr (pixel + 1 < pixels) store_all<pixel + 1>(task, sums);
}

struct Tile {
    template <int pixels>
    DSQBENCH_AVX2 static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        const auto* a = reinterpret_cast<const char*>(task.panel);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        Accumulators<pixels, vectors> sums;
        set_to_zero(sums);
        for (int step = 0; step < task.steps; ++step) {
            multiply_step(a, task.panel_stride, load_256(w), load_256(w + 32), sums);
            a += word_pairs_step * 2;
            w += step_weight_bytes;
        }
        store_all(task, sums);
    }
};

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// Two instructions for 16 products.
double cost(const ConvolutionProblem& problem) {
    return 2.0 / 16.0 * padding_factor(problem.shape.out_channels, word_pairs_channels);
}

std::unique_ptr<Convolution> prepare_word_pairs(const ConvolutionProblem& problem,
                                                std::span<const std::uint8_t> weights) {
    Scheme scheme{};
    scheme.format = OperandFormat::words;
    scheme.tile_pixels = word_pairs_pixels;
    scheme.block_channels = word_pairs_channels;
    scheme.step_elements = word_pairs_step;
    scheme.step_weight_bytes = step_weight_bytes;
    scheme.steps_per_block = 288;  // 18 KiB of weights, as in byte_pairs.cpp
    scheme.tile = word_pairs_tile;
    scheme.pack = pack_word_pairs;
    scheme.finish = finish_avx2;
    scheme.copy = copy_rows_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

void word_pairs_tile(const TileTask& task) {
    dispatch_tile<Tile, word_pairs_pixels>(task);
}

void pack_word_pairs(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step) {
        for (int channel = 0; channel < word_pairs_channels; ++channel) {
            for (int i = 0; i < word_pairs_step; ++i) {
                const auto element = static_cast<std::int16_t>(block.at(channel, step * word_pairs_step + i));
                std::memcpy(packed, &element, sizeof element);
                packed += sizeof element;
            }
        }
    }
}

KernelVariant avx2_word_pairs_variant() {
    return {"avx2/word_pairs", InstructionSet::avx2, supports, cost, prepare_word_pairs};
}

}  // namespace dsqbench
