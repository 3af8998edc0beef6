// Up to seven-bit products on AVX2: vpmaddubsw multiplies unsigned activation bytes with signed weight bytes and adds
// pairs into 16 bits, where run_length of them fit before they are widened: 136 at 4 bits, 585 at 3. Two instructions
// for 32 products; an int8 kernel that widens every time needs three.
#include "kernels/x86/byte_pairs.h"

#include <algorithm>

#include "kernels/api/budget.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int vectors = byte_pairs_channels / 8;
constexpr int step_weight_bytes = vectors * 32;
// Below three accumulations the widening costs more than word_pairs.cpp's twice as many multiplications.
constexpr int shortest_run = 3;

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void multiply_step(const char* a, std::ptrdiff_t stride, __m256i w0, __m256i w1,
                                        Accumulators<pixels, vectors>& sums) {
    const __m256i activation = _mm256_broadcastd_epi32(_mm_loadu_si32(a + pixel * stride));
    add_words(sums[pixel][0], _mm256_maddubs_epi16(activation, w0));
    add_words(sums[pixel][1], _mm256_maddubs_epi16(activation, w1));
    if constexpr (pixel + 1 < pixels) multiply_step<pixel + 1>(a, stride, w0, w1, sums);
}

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void widen(const TileTask& task, const Accumulators<pixels, vectors>& sums) {
    const __m256i ones = _mm256_set1_epi16(1);
    store_sums(task, pixel, 0, _mm256_madd_epi16(sums[pixel][0], ones));
    store_sums(task, pixel, 8, _mm256_madd_epi16(sums[pixel][1], ones));
    if constexpr (pixel + 1 < pixels) widen<pixel + 1>(task, sums);
}

// The accumulators of six pixels are 12 registers; 2 weights and 1 broadcast leave one.
template <int pixels>
DSQBENCH_AVX2 void run_tile(TileTask task) {
    const auto* a = reinterpret_cast<const char*>(task.panel);
    const auto* w = reinterpret_cast<const char*>(task.weights);
    int left = task.steps;
    do {
        Accumulators<pixels, vectors> sums;
        set_to_zero(sums);
        for (int step = std::min(task.run_length, left); step > 0; --step) {
            multiply_step(a, task.panel_stride, load_256(w), load_256(w + 32), sums);
            a += byte_pairs_step;
            w += step_weight_bytes;
        }
        widen(task, sums);
        task = continued(task);
        left -= task.run_length;
    } while (left > 0);
}

// Weights as values where these fit signed bytes, else as codes less 2^(b-1), with a row sum to correct them.
Mapping weight_mapping(const CodeType& type) {
    return fits(type.range(), signed_8_bit) ? Mapping{} : centred_mapping(type);
}

int run_length(const ConvolutionProblem& problem) {
    const Mapping mapping = weight_mapping(problem.weights);
    const Range values = problem.weights.range();
    return byte_pair_budget({0, problem.activations.levels() - 1},
                            {mapping.element(values.minimum), mapping.element(values.maximum)});
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && run_length(problem) >= shortest_run;
}

// Two instructions for 32 products and, a run, three for widening.
double cost(const ConvolutionProblem& problem) {
    return (2.0 + 3.0 / run_length(problem)) / 32.0;
}

std::unique_ptr<Convolution> prepare_byte_pairs(const ConvolutionProblem& problem,
                                                std::span<const std::uint8_t> weights) {
    Scheme scheme{};
    scheme.format = OperandFormat::bytes;
    scheme.activations = code_mapping(problem.activations);
    scheme.weights = weight_mapping(problem.weights);
    scheme.tile_pixels = byte_pairs_pixels;
    scheme.block_channels = byte_pairs_channels;
    scheme.step_elements = byte_pairs_step;
    scheme.step_weight_bytes = step_weight_bytes;
    scheme.steps_per_block = 288;  // 18 KiB of weights; a 3x3 kernel over 128 channels in one block
    scheme.run_length = run_length(problem);
    scheme.tile = byte_pairs_tile;
    scheme.pack = pack_byte_pairs;
    scheme.finish = finish_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

void byte_pairs_tile(const TileTask& task) {
    switch (task.pixels) {
        case 1:
            return run_tile<1>(task);
        case 2:
            return run_tile<2>(task);
        case 3:
            return run_tile<3>(task);
        case 4:
            return run_tile<4>(task);
        case 5:
            return run_tile<5>(task);
        default:
            return run_tile<6>(task);
    }
}

void pack_byte_pairs(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int channel = 0; channel < byte_pairs_channels; ++channel)
            for (int i = 0; i < byte_pairs_step; ++i)
                *packed++ = static_cast<std::byte>(block.at(channel, step * byte_pairs_step + i));
}

KernelVariant avx2_byte_pairs_variant() {
    return {"avx2/byte_pairs", InstructionSet::avx2, supports, cost, prepare_byte_pairs};
}

}  // namespace dsqbench
