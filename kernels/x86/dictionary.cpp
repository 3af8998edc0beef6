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
#include <cstring>

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

constexpr int tile_pixels = 6;

// planes: weight bits. high: what a bit of the upper plane counts, -2 in two's complement. Two vectors of indices a
// step: 64 channels of one bit or 32 of two. Six pixels' byte sums are 12 registers; 2 indices, a table and an entry
// are the other four. Two pixels by four vectors have as many loads a look-up but more instructions, and 3.4 instead of
// 3.8 instructions a look-up matter where a processor starts six a cycle.
template <int activation_bits_, int planes_, int high_>
struct Geometry {
    static constexpr int activation_bits = activation_bits_;
    static constexpr int planes = planes_;
    static constexpr int indices = 2;
    static constexpr int vectors = indices / planes;  // of 32 channels
    static constexpr int high = high_;
    static constexpr int step_weight_bytes = indices * lanes;
};

template <int bits>
DSQBENCH_AVX2_INLINE __m256i load_table(std::uint16_t offset) {
    const auto* bytes = reinterpret_cast<const char*>(dictionary<bits>.data());
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(bytes + offset)));
}

template <class G, int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void look_up_step(const std::uint16_t* offsets, std::ptrdiff_t stride, __m256i index0,
                                       __m256i index1, Accumulators<pixels, G::indices>& sums) {
    const __m256i table = load_table<G::activation_bits>(offsets[pixel * stride]);
    add_bytes(sums[pixel][0], _mm256_shuffle_epi8(table, index0));
    add_bytes(sums[pixel][1], _mm256_shuffle_epi8(table, index1));
    if constexpr (pixel + 1 < pixels) look_up_step<G, pixel + 1>(offsets, stride, index0, index1, sums);
}

// Not for clang, which needs no help here, and whose version 14 does not finish with this many operands.
#if !defined(__clang__)
// look_up_step() over a run of steps for a whole tile. In assembly because GCC 12 keeps the weights' address on the
// stack here, and its way through memory takes longer than the twelve look-ups (62 instead of 90 MAC/cycle at two
// bits).
#define DSQBENCH_LOOK_UP(offset, sum0, sum1)           \
    "movzwl " offset                                   \
    ", %k[code]\n\t"                                   \
    "vbroadcasti128 (%[tables],%[code]), %[table]\n\t" \
    "vpshufb %[index0], %[table], %[entry]\n\t"        \
    "vpaddb %[entry], %[" sum0 "], %[" sum0            \
    "]\n\t"                                            \
    "vpshufb %[index1], %[table], %[table]\n\t"        \
    "vpaddb %[table], %[" sum1 "], %[" sum1 "]\n\t"
template <class G>
DSQBENCH_AVX2_INLINE void look_up_run(const std::uint16_t* offsets, std::ptrdiff_t stride, const char* w, int steps,
                                      Accumulators<tile_pixels, G::indices>& sums) {
    __m256i s00, s01, s10, s11, s20, s21, s30, s31, s40, s41, s50, s51, table, entry, index0, index1;
    std::ptrdiff_t code;
    asm volatile(
        "vpxor %[s00], %[s00], %[s00]\n\t"
        "vmovdqa %[s00], %[s01]\n\tvmovdqa %[s00], %[s10]\n\tvmovdqa %[s00], %[s11]\n\tvmovdqa %[s00], %[s20]\n\t"
        "vmovdqa %[s00], %[s21]\n\tvmovdqa %[s00], %[s30]\n\tvmovdqa %[s00], %[s31]\n\tvmovdqa %[s00], %[s40]\n\t"
        "vmovdqa %[s00], %[s41]\n\tvmovdqa %[s00], %[s50]\n\tvmovdqa %[s00], %[s51]\n\t"
        ".p2align 5\n"
        "1:\n\t"
        "vmovdqa (%[w]), %[index0]\n\t"
        "vmovdqa 32(%[w]), %[index1]\n\t"
        "prefetcht0 2048(%[w])\n\t"
        DSQBENCH_LOOK_UP("(%[offsets])", "s00", "s01")
        DSQBENCH_LOOK_UP("(%[offsets],%[stride])", "s10", "s11")
        DSQBENCH_LOOK_UP("(%[offsets],%[stride],2)", "s20", "s21")
        DSQBENCH_LOOK_UP("(%[offsets],%[stride3])", "s30", "s31")
        DSQBENCH_LOOK_UP("(%[offsets],%[stride],4)", "s40", "s41")
        DSQBENCH_LOOK_UP("(%[offsets],%[stride5])", "s50", "s51")
        "add $2, %[offsets]\n\t"
        "add $64, %[w]\n\t"
        "cmp %[end], %[w]\n\t"
        "jne 1b"
        : [s00] "=&x"(s00), [s01] "=&x"(s01), [s10] "=&x"(s10), [s11] "=&x"(s11), [s20] "=&x"(s20), [s21] "=&x"(s21),
          [s30] "=&x"(s30), [s31] "=&x"(s31), [s40] "=&x"(s40), [s41] "=&x"(s41), [s50] "=&x"(s50), [s51] "=&x"(s51),
          [table] "=&x"(table), [entry] "=&x"(entry), [index0] "=&x"(index0), [index1] "=&x"(index1),
          [code] "=&r"(code), [offsets] "+r"(offsets), [w] "+r"(w)
        : [stride] "r"(stride), [stride3] "r"(3 * stride), [stride5] "r"(5 * stride),
          [tables] "r"(dictionary<G::activation_bits>.data()), [end] "r"(w + steps * G::step_weight_bytes)
        : "cc", "memory");
    const __m256i all[tile_pixels][2] = {{s00, s01}, {s10, s11}, {s20, s21}, {s30, s31}, {s40, s41}, {s50, s51}};
    std::memcpy(sums, all, sizeof all);
}
#undef DSQBENCH_LOOK_UP
#endif

// Eight lower or upper channels of each half of a vector of 32, widened to 16 bits; the planes combined.
template <class G>
DSQBENCH_AVX2_INLINE __m256i combine(__m256i interleaved) {
    if constexpr (G::planes == 1) return interleaved;
    // Little-endian pairs: the lower byte counts once, the upper one G::high times.
    return _mm256_maddubs_epi16(interleaved, _mm256_set1_epi16(static_cast<std::int16_t>(1 + G::high * 256)));
}

// Adds a run's byte sums to 16-bit ones, or starts these. unpack interleaves within 128-bit halves, so of a vector's 32
// channels the even entry of `words` holds 0 .. 7 and 16 .. 23, the odd one the others.
template <class G, bool first, int pixel = 0, int vector = 0, int pixels>
DSQBENCH_AVX2_INLINE void widen(const Accumulators<pixels, G::indices>& sums,
                                Accumulators<pixels, 2 * G::vectors>& words) {
    const __m256i lower = sums[pixel][vector * G::planes];
    const __m256i upper = G::planes == 2 ? sums[pixel][vector * G::planes + 1] : _mm256_setzero_si256();
    const __m256i even = combine<G>(_mm256_unpacklo_epi8(lower, upper));
    const __m256i odd = combine<G>(_mm256_unpackhi_epi8(lower, upper));
    __m256i* out = words[pixel] + 2 * vector;
    out[0] = first ? even : _mm256_add_epi16(out[0], even);
    out[1] = first ? odd : _mm256_add_epi16(out[1], odd);
    if constexpr (vector + 1 < G::vectors)
        widen<G, first, pixel, vector + 1>(sums, words);
    else if constexpr (pixel + 1 < pixels)
        widen<G, first, pixel + 1, 0>(sums, words);
}

template <class G, int pixels>
DSQBENCH_AVX2_INLINE void run(const TileTask& task, int step, int steps, Accumulators<pixels, G::indices>& sums) {
    const auto* offsets = reinterpret_cast<const std::uint16_t*>(task.panel) + step;
    const auto* w = reinterpret_cast<const char*>(task.weights) + std::ptrdiff_t{step} * G::step_weight_bytes;
#if !defined(__clang__)
    if constexpr (pixels == tile_pixels)
        if (steps > 0) return look_up_run<G>(offsets, task.panel_stride, w, steps, sums);
#endif
    set_to_zero(sums);
    for (; steps > 0; --steps, ++offsets, w += G::step_weight_bytes)
        look_up_step<G>(offsets, task.panel_stride / 2, load_256(w), load_256(w + lanes), sums);
}

DSQBENCH_AVX2_INLINE void store_words(const TileTask& task, int pixel, int channel, __m256i words) {
    store_sums(task, pixel, channel, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(words)));
    store_sums(task, pixel, channel + 16, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(words, 1)));
}

template <class G, int pixel = 0, int vector = 0, int pixels>
DSQBENCH_AVX2_INLINE void store_all(const TileTask& task, const Accumulators<pixels, 2 * G::vectors>& words) {
    store_words(task, pixel, vector / 2 * lanes + vector % 2 * 8, words[pixel][vector]);
    if constexpr (vector + 1 < 2 * G::vectors)
        store_all<G, pixel, vector + 1>(task, words);
    else if constexpr (pixel + 1 < pixels)
        store_all<G, pixel + 1, 0>(task, words);
}

// `task`: a copy, or every store might change it for all that the compiler knows.
template <class G, int pixels>
DSQBENCH_AVX2 void run_tile(const TileTask task) {
    constexpr int budget = dictionary_budget(G::activation_bits);
    // Runs of one length, which the branch predictor learns.
    const int runs = std::max(1, (task.steps + budget - 1) / budget);
    const int length = (task.steps + runs - 1) / runs;
    Accumulators<pixels, G::indices> sums;
    Accumulators<pixels, 2 * G::vectors> words;
    run<G, pixels>(task, 0, std::min(length, task.steps), sums);
    widen<G, true>(sums, words);
    for (int step = length; step < task.steps; step += length) {
        run<G, pixels>(task, step, std::min(length, task.steps - step), sums);
        widen<G, false>(sums, words);
    }
    store_all<G>(task, words);
}

template <class G>
void tile(const TileTask& task) {
    switch (task.pixels) {
        case 1:
            return run_tile<G, 1>(task);
        case 2:
            return run_tile<G, 2>(task);
        case 3:
            return run_tile<G, 3>(task);
        case 4:
            return run_tile<G, 4>(task);
        case 5:
            return run_tile<G, 5>(task);
        default:
            return run_tile<G, 6>(task);
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
    constexpr int steps_per_block = 288;  // 18 KiB of indices; a 3x3 kernel over 128 channels in one block
    static_assert(fits(times({0, 4 * ((1 << G::activation_bits) - 1) * 3}, steps_per_block), signed_16_bit));
    Scheme scheme{};
    scheme.format = OperandFormat::dictionary;
    scheme.activations = code_mapping(problem.activations);
    scheme.weights = weight_mapping(problem.weights);
    scheme.tile_pixels = tile_pixels;
    scheme.block_channels = G::vectors * lanes;
    scheme.step_elements = group;
    scheme.step_weight_bytes = G::step_weight_bytes;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = tile<G>;
    scheme.pack = pack<G>;
    scheme.finish = finish_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

template <int activation_bits>
std::unique_ptr<Convolution> prepare_bits(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    if (problem.weights.bits == 1) return prepare_geometry<Geometry<activation_bits, 1, 0>>(problem, weights);
    if (problem.weights.coding == Coding::signed_codes)
        return prepare_geometry<Geometry<activation_bits, 2, -2>>(problem, weights);
    return prepare_geometry<Geometry<activation_bits, 2, 2>>(problem, weights);
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
