// Up to seven-bit products on AVX2: vpmaddubsw multiplies unsigned activation bytes with signed weight bytes and adds
// pairs into 16 bits, where run_length of them fit before they are widened: 136 at 4 bits, 585 at 3. Two instructions
// for 32 products; an int8 kernel that widens every time needs three.
#include "kernels/x86/byte_pairs.h"

#include <algorithm>

#include "kernels/api/budget.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/tile_dispatch.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int vectors = byte_pairs_channels / 8;
constexpr int step_weight_bytes = vectors * 32;
// Below three accumulations the widening costs more than word_pairs.cpp's twice as many multiplications.
constexpr int shortest_run = 3;
// Above, runs of three in registers are no faster than longer ones through memory.
constexpr int longest_short_run = 7;

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
struct Tile {
    template <int pixels>
    DSQBENCH_AVX2 static void run_tile(const TileTask& arguments) {
        TileTask task = in_registers(arguments);
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
};

// `run` steps of a pixel and one vector of channels, in 16 bits.
template <int run, int step = 0>
DSQBENCH_AVX2_INLINE __m256i short_run(const char* a, const __m256i (&w)[run]) {
    const __m256i activation = _mm256_broadcastd_epi32(_mm_loadu_si32(a + step * byte_pairs_step));
    __m256i product = _mm256_maddubs_epi16(activation, w[step]);
    if constexpr (step + 1 < run) add_words(product, short_run<run, step + 1>(a, w));
    return product;
}

template <int run, int vector, int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void multiply_short_runs(const char* a, std::ptrdiff_t stride, const __m256i (&w)[run],
                                              Accumulators<pixels, vectors>& sums) {
    const __m256i products = short_run<run>(a + pixel * stride, w);
    add_double_words(sums[pixel][vector], _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
    if constexpr (pixel + 1 < pixels) multiply_short_runs<run, vector, pixel + 1>(a, stride, w, sums);
}

template <int run, int step = 0>
DSQBENCH_AVX2_INLINE void load_weights(const char* w, __m256i (&weights)[run]) {
    weights[step] = load_256(w + step * step_weight_bytes);
    asm volatile("" : "+x"(weights[step]));  // or GCC loads the second vector's weights before the first's are used
    if constexpr (step + 1 < run) load_weights<run, step + 1>(w, weights);
}

template <int run, int vector = 0, int pixels>
DSQBENCH_AVX2_INLINE void multiply_short_run(const char* a, std::ptrdiff_t stride, const char* w,
                                             Accumulators<pixels, vectors>& sums) {
    __m256i weights[run];
    load_weights<run>(w + vector * 32, weights);
    multiply_short_runs<run, vector>(a, stride, weights, sums);
    // Or GCC keeps all nine broadcasts for the second vector, and three sums on the stack.
    asm("" : "+r"(a));
    if constexpr (vector + 1 < vectors) multiply_short_run<run, vector + 1>(a, stride, w, sums);
}

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void store_double_words(const TileTask& task, const Accumulators<pixels, vectors>& sums) {
    store_sums(task, pixel, 0, sums[pixel][0]);
    store_sums(task, pixel, 8, sums[pixel][1]);
    if constexpr (pixel + 1 < pixels) store_double_words<pixel + 1>(task, sums);
}

// Where runs are so short that taking the 32-bit sums from memory for each would double its cost, they stay in
// registers: 6 of three pixels, with 3 weights, a product, a broadcast and the ones.
constexpr int short_tile_pixels = 3;

template <int run>
struct ShortTile {
    template <int pixels>
    DSQBENCH_AVX2 static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        const auto* a = reinterpret_cast<const char*>(task.panel);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        Accumulators<pixels, vectors> sums;
        set_to_zero(sums);
        int left = task.steps;
        for (; left >= run; left -= run, a += run * byte_pairs_step, w += run * step_weight_bytes) {
            multiply_short_run<run>(a, task.panel_stride, w, sums);
        }
        for (; left > 0; --left, a += byte_pairs_step, w += step_weight_bytes)
            multiply_short_run<1>(a, task.panel_stride, w, sums);
        store_double_words(task, sums);
    }
};

template <int run>
void short_tiles(const TileTask& all) {
    TileTask task = in_registers(all);
    for (int left = all.pixels; left > 0; left -= short_tile_pixels) {
        task.pixels = std::min(left, short_tile_pixels);
        dispatch_tile<ShortTile<run>, short_tile_pixels>(task);
        task.panel += short_tile_pixels * task.panel_stride;
        task.start += short_tile_pixels * task.start_stride;
        task.sums += short_tile_pixels * task.sums_stride;
    }
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
    return (2.0 + 3.0 / run_length(problem)) / 32.0 * padding_factor(problem.shape.out_channels, byte_pairs_channels);
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
    scheme.copy = copy_rows_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

}  // namespace

void byte_pairs_tile(const TileTask& task) {
    if (task.run_length == 1) return short_tiles<1>(task);
    if (task.run_length == 2) return short_tiles<2>(task);
    if (task.run_length <= longest_short_run) return short_tiles<3>(task);
    dispatch_tile<Tile, byte_pairs_pixels>(task);
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
