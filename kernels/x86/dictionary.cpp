// One- and two-bit products on AVX2 by look-up. Four activation codes of 1 or 2 bits have only 16 or 256 combinations,
// so the sums of every subset of four codes fit a static dictionary (256 bytes or 4 KiB, in the first-level cache). The
// packed activations are the address of a 16-entry table; four weight bits are the index into it. One vpshufb looks up
// 32 channels, which is 128 products of codes with bits:
//
//     table[i] = sum over j of code[j] * bit j of i
//
// A weight of two bits is two planes of bits. Sums of entries fit unsigned bytes for 21 groups of four 2-bit codes (an
// entry is at most 12), or 63 groups of 1-bit codes; then planes are combined and widened to 16 bits, at the block's
// end to 32.
#include <array>

#include "kernels/api/budget.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int group = 4;  // codes a table
constexpr int lanes = 32;

template <int bits>
using Dictionary = std::array<std::array<std::uint8_t, 16>, std::size_t{1} << (group * bits)>;

template <int bits>
constexpr Dictionary<bits> make_dictionary() {
    Dictionary<bits> dictionary{};
    for (std::size_t codes = 0; codes < dictionary.size(); ++codes)
        for (std::size_t index = 0; index < 16; ++index)
            for (std::size_t j = 0; j < group; ++j)
                if ((index >> j & 1) != 0)
                    dictionary[codes][index] = static_cast<std::uint8_t>(
                        dictionary[codes][index] + (codes >> (j * bits) & ((std::size_t{1} << bits) - 1)));
    return dictionary;
}

template <int bits>
alignas(64) constexpr Dictionary<bits> dictionary = make_dictionary<bits>();

// planes: weight bits. vectors: of 32 channels. high: what a bit of the upper plane counts, -2 in two's complement.
template <int activation_bits_, int planes_, int vectors_, int pixels_, int high_>
struct Geometry {
    static constexpr int activation_bits = activation_bits_;
    static constexpr int planes = planes_;
    static constexpr int vectors = vectors_;
    static constexpr int pixels = pixels_;
    static constexpr int high = high_;
    static constexpr int indices = vectors * planes;  // vectors of indices a step
    static constexpr int step_weight_bytes = indices * lanes;
};

template <int bits, int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void load_tables(const std::uint16_t* offsets, std::ptrdiff_t stride, __m256i (&tables)[pixels]) {
    const auto* bytes = reinterpret_cast<const char*>(dictionary<bits>.data());
    tables[pixel] =
        _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(bytes + offsets[pixel * stride])));
    if constexpr (pixel + 1 < pixels) load_tables<bits, pixel + 1>(offsets, stride, tables);
}

template <int vector, int pixel = 0, int pixels, int indices>
DSQBENCH_AVX2_INLINE void add_entries(const __m256i (&tables)[pixels], __m256i index,
                                      Accumulators<pixels, indices>& sums) {
    add_bytes(sums[pixel][vector], _mm256_shuffle_epi8(tables[pixel], index));
    if constexpr (pixel + 1 < pixels) add_entries<vector, pixel + 1>(tables, index, sums);
}

template <int vector = 0, int pixels, int indices>
DSQBENCH_AVX2_INLINE void look_up_step(const __m256i (&tables)[pixels], const char* w,
                                       Accumulators<pixels, indices>& sums) {
    add_entries<vector>(tables, load_256(w + vector * lanes), sums);
    if constexpr (vector + 1 < indices) look_up_step<vector + 1>(tables, w, sums);
}

// Adds a run's byte sums to 16-bit ones. unpack interleaves within 128-bit halves, so of a vector's 32 channels the
// even entry of `words` holds 0 .. 7 and 16 .. 23, the odd one the others.
template <class G, int pixel = 0, int vector = 0, int pixels>
DSQBENCH_AVX2_INLINE void widen(const Accumulators<pixels, G::indices>& sums,
                                Accumulators<pixels, 2 * G::vectors>& words) {
    const __m256i lower = sums[pixel][vector * G::planes];
    const __m256i upper = G::planes == 2 ? sums[pixel][vector * G::planes + 1] : _mm256_setzero_si256();
    // Little-endian pairs: the lower byte counts once, the upper one G::high times.
    const __m256i weights = _mm256_set1_epi16(static_cast<std::int16_t>(1 + G::high * 256));
    __m256i& even = words[pixel][2 * vector];
    __m256i& odd = words[pixel][2 * vector + 1];
    even = _mm256_add_epi16(even, _mm256_maddubs_epi16(_mm256_unpacklo_epi8(lower, upper), weights));
    odd = _mm256_add_epi16(odd, _mm256_maddubs_epi16(_mm256_unpackhi_epi8(lower, upper), weights));
    if constexpr (vector + 1 < G::vectors)
        widen<G, pixel, vector + 1>(sums, words);
    else if constexpr (pixel + 1 < pixels)
        widen<G, pixel + 1, 0>(sums, words);
}

DSQBENCH_AVX2_INLINE void store_words(const TileTask& task, int pixel, int channel, __m256i words) {
    store_sums(task, pixel, channel, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(words)));
    store_sums(task, pixel, channel + 16, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(words, 1)));
}

template <class G, int pixels>
DSQBENCH_AVX2 void run_tile(const TileTask& task) {
    const auto* offsets = reinterpret_cast<const std::uint16_t*>(task.panel);
    const auto* w = reinterpret_cast<const char*>(task.weights);
    constexpr int budget = dictionary_budget(G::activation_bits);
    Accumulators<pixels, 2 * G::vectors> words;
    set_to_zero(words);
    for (int left = task.steps; left > 0; left -= budget) {
        Accumulators<pixels, G::indices> sums;
        set_to_zero(sums);
        for (int step = std::min(budget, left); step > 0; --step) {
            __m256i tables[pixels];
            load_tables<G::activation_bits>(offsets, task.panel_stride / 2, tables);
            look_up_step(tables, w, sums);
            ++offsets;
            w += G::step_weight_bytes;
        }
        widen<G>(sums, words);
    }
    for (int p = 0; p < pixels; ++p)
        for (int v = 0; v < 2 * G::vectors; ++v) store_words(task, p, v / 2 * lanes + v % 2 * 8, words[p][v]);
}

template <class G>
void tile(const TileTask& task) {
    if (task.pixels == G::pixels) return run_tile<G, G::pixels>(task);
    for (int pixel = 0; pixel < task.pixels; ++pixel) {
        TileTask one = task;
        one.panel += pixel * task.panel_stride;
        one.start += pixel * task.start_stride;
        one.sums += pixel * task.sums_stride;
        run_tile<G, 1>(one);
    }
}

// A step: for every 32 channels, for every plane from the lowest, a byte a channel whose lower four bits are the
// plane's bits of the group's four weights, the first weight's lowest.
template <class G>
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int v = 0; v < G::vectors; ++v)
            for (int plane = 0; plane < G::planes; ++plane)
                for (int lane = 0; lane < lanes; ++lane) {
                    int index = 0;
                    for (int j = 0; j < group; ++j)
                        index |= (block.at(v * lanes + lane, step * group + j) >> plane & 1) << j;
                    *packed++ = static_cast<std::byte>(index);
                }
}

// Elements whose bits are the planes: two's complement where an upper plane can count -2, the negated value of a signed
// bit, which is 0 or -1; else the code, for offset codes with a row sum to correct it.
Mapping weight_mapping(const CodeType& type) {
    if (type.coding == Coding::signed_codes) return type.bits == 1 ? Mapping{-1, 0} : Mapping{};
    return code_mapping(type);
}

template <class G>
std::unique_ptr<Convolution> prepare_geometry(const ConvolutionProblem& problem,
                                              std::span<const std::uint8_t> weights) {
    constexpr int steps_per_block = 144;  // 18 KiB of indices; a 3x3 kernel over 64 channels in one block
    static_assert(fits(times({0, 4 * ((1 << G::activation_bits) - 1) * 3}, steps_per_block), signed_16_bit));
    Scheme scheme{};
    scheme.format = OperandFormat::dictionary;
    scheme.activations = code_mapping(problem.activations);
    scheme.weights = weight_mapping(problem.weights);
    scheme.tile_pixels = G::pixels;
    scheme.block_channels = G::vectors * lanes;
    scheme.step_elements = group;
    scheme.step_weight_bytes = G::step_weight_bytes;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = tile<G>;
    scheme.pack = pack<G>;
    scheme.finish = finish_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

// Eight byte sums a tile: with four index vectors for two pixels, or two for four where there are fewer channels.
template <int activation_bits, int planes, int high>
std::unique_ptr<Convolution> prepare_planes(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    constexpr int widest = 4 / planes;
    const int channels = problem.shape.out_channels;
    const int past_whole_blocks = channels % (widest * lanes);
    if (past_whole_blocks == 0 || past_whole_blocks > widest * lanes / 2)
        return prepare_geometry<Geometry<activation_bits, planes, widest, 2, high>>(problem, weights);
    return prepare_geometry<Geometry<activation_bits, planes, widest / 2, 4, high>>(problem, weights);
}

template <int activation_bits>
std::unique_ptr<Convolution> prepare_bits(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    if (problem.weights.bits == 1) return prepare_planes<activation_bits, 1, 0>(problem, weights);
    if (problem.weights.coding == Coding::signed_codes) return prepare_planes<activation_bits, 2, -2>(problem, weights);
    return prepare_planes<activation_bits, 2, 2>(problem, weights);
}

std::unique_ptr<Convolution> prepare_dictionary(const ConvolutionProblem& problem,
                                                std::span<const std::uint8_t> weights) {
    return problem.activations.bits == 1 ? prepare_bits<1>(problem, weights) : prepare_bits<2>(problem, weights);
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && problem.activations.bits <= 2 && problem.weights.bits <= 2;
}

// Two instructions for 128 products with a bit.
double cost(const ConvolutionProblem& problem) {
    return 2.0 * problem.weights.bits / 128.0;
}

}  // namespace

KernelVariant avx2_dictionary_variant() {
    return {"avx2/dictionary", InstructionSet::avx2, supports, cost, prepare_dictionary};
}

}  // namespace dsqbench
