// One- and two-bit products on AVX2 by look-up in the tables of portable/dictionary.h: one vpshufb looks up 32
// channels, which is 128 products of codes with bits. Sums are bytes for a run of look-ups; then planes are combined
// and widened to 16 bits, at the block's end to 32.
#include "kernels/portable/dictionary.h"

#include <cstring>

#include "kernels/portable/tile_dispatch.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int lanes = 32;
constexpr int indices = 2;  // vectors of them a step
constexpr int tile_pixels = 6;

// Two vectors of indices a step: 64 channels of one bit or 32 of two. Six pixels' byte sums are 12 registers; 2
// indices, a table and an entry are the other four. Two pixels by four vectors have as many loads a look-up but more
// instructions, and 3.4 instead of 3.8 instructions a look-up matter where a processor starts six a cycle.
template <class Codes>
constexpr int vectors = indices / Codes::planes;  // of 32 channels
constexpr int step_weight_bytes = indices * lanes;

template <int bits>
DSQBENCH_AVX2_INLINE __m256i load_table(std::uint16_t offset) {
    const auto* bytes = reinterpret_cast<const char*>(dictionary<bits>.data());
    return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(bytes + offset)));
}

template <class G, int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void look_up_step(const std::uint16_t* offsets, std::ptrdiff_t stride, __m256i index0,
                                       __m256i index1, Accumulators<pixels, indices>& sums) {
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
DSQBENCH_AVX2_INLINE void look_up_run(const std::uint16_t*& offsets, std::ptrdiff_t stride, const char*& w, int steps,
                                      Accumulators<tile_pixels, indices>& sums) {
    __m256i s00, s01, s10, s11, s20, s21, s30, s31, s40, s41, s50, s51, table, entry, index0, index1;
    std::ptrdiff_t code;
    asm volatile(
        "vpxor %[s00], %[s00], %[s00]\n\t"
        "vmovdqa %[s00], %[s01]\n\tvmovdqa %[s00], %[s10]\n\tvmovdqa %[s00], %[s11]\n\tvmovdqa %[s00], %[s20]\n\t"
        "vmovdqa %[s00], %[s21]\n\tvmovdqa %[s00], %[s30]\n\tvmovdqa %[s00], %[s31]\n\tvmovdqa %[s00], %[s40]\n\t"
        "vmovdqa %[s00], %[s41]\n\tvmovdqa %[s00], %[s50]\n\tvmovdqa %[s00], %[s51]\n\t"
        ".p2align 6\n"
        "1:\n\t"
        "vmovdqa (%[w]), %[index0]\n\t"
        "vmovdqa 32(%[w]), %[index1]\n\t"
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
          [tables] "r"(dictionary<G::activation_bits>.data()), [end] "r"(w + steps * step_weight_bytes)
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
DSQBENCH_AVX2_INLINE void widen(const Accumulators<pixels, indices>& sums,
                                Accumulators<pixels, 2 * vectors<G>>& words) {
    const __m256i lower = sums[pixel][vector * G::planes];
    const __m256i upper = G::planes == 2 ? sums[pixel][vector * G::planes + 1] : _mm256_setzero_si256();
    const __m256i even = combine<G>(_mm256_unpacklo_epi8(lower, upper));
    const __m256i odd = combine<G>(_mm256_unpackhi_epi8(lower, upper));
    __m256i* out = words[pixel] + 2 * vector;
    out[0] = first ? even : _mm256_add_epi16(out[0], even);
    out[1] = first ? odd : _mm256_add_epi16(out[1], odd);
    if constexpr (vector + 1 < vectors<G>)
        widen<G, first, pixel, vector + 1>(sums, words);
    else if constexpr (pixel + 1 < pixels)
        widen<G, first, pixel + 1, 0>(sums, words);
}

// Starts the sums of `steps` steps and moves both pointers behind them: formed anew for each run they would wait for
// the stack, 5 cycles of the 150 of a run at two bits.
template <class G, int pixels>
DSQBENCH_AVX2_INLINE void run(const std::uint16_t*& offsets, std::ptrdiff_t stride, const char*& w, int steps,
                              Accumulators<pixels, indices>& sums) {
#if !defined(__clang__)
    if constexpr (pixels == tile_pixels)
        if (steps > 0) return look_up_run<G>(offsets, stride, w, steps, sums);
#endif
    set_to_zero(sums);
    for (; steps > 0; --steps, ++offsets, w += step_weight_bytes)
        look_up_step<G>(offsets, stride / 2, load_256(w), load_256(w + lanes), sums);
}

DSQBENCH_AVX2_INLINE void store_words(const TileTask& task, int pixel, int channel, __m256i words) {
    store_sums(task, pixel, channel, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(words)));
    store_sums(task, pixel, channel + 16, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(words, 1)));
}

template <class G, int pixel = 0, int vector = 0, int pixels>
DSQBENCH_AVX2_INLINE void store_all(const TileTask& task, const Accumulators<pixels, 2 * vectors<G>>& words) {
    store_words(task, pixel, vector / 2 * lanes + vector % 2 * 8, words[pixel][vector]);
    if constexpr (vector + 1 < 2 * vectors<G>)
        store_all<G, pixel, vector + 1>(task, words);
    else if constexpr (pixel + 1 < pixels)
        store_all<G, pixel + 1, 0>(task, words);
}

template <class G>
struct Tile {
    template <int pixels>
    DSQBENCH_AVX2 static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        // Runs of one length, which the branch predictor learns.
        const int runs = std::max(1, (task.steps + G::budget - 1) / G::budget);
        const int length = (task.steps + runs - 1) / runs;
        Accumulators<pixels, indices> sums;
        Accumulators<pixels, 2 * vectors<G>> words;
        const auto* offsets = reinterpret_cast<const std::uint16_t*>(task.panel);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        run<G, pixels>(offsets, task.panel_stride, w, std::min(length, task.steps), sums);
        widen<G, true>(sums, words);
        for (int left = task.steps - length; left > 0; left -= length) {
            run<G, pixels>(offsets, task.panel_stride, w, std::min(length, left), sums);
            widen<G, false>(sums, words);
        }
        store_all<G>(task, words);
    }
};

template <class G>
std::unique_ptr<Convolution> prepare_codes(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    constexpr int steps_per_block = 288;  // 18 KiB of indices; a 3x3 kernel over 128 channels in one block
    static_assert(dictionary_words_fit<G, steps_per_block>);
    Scheme scheme = dictionary_scheme<G, lanes, indices>(problem);
    scheme.tile_pixels = tile_pixels;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = dispatch_tile<Tile<G>, tile_pixels>;
    scheme.finish = finish_avx2;
    scheme.copy = copy_rows_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

std::unique_ptr<Convolution> prepare_any(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    return prepare_dictionary(problem, [&](auto codes) { return prepare_codes<decltype(codes)>(problem, weights); });
}

// Two instructions for 128 products with a bit.
double cost(const ConvolutionProblem& problem) {
    const int block = indices / problem.weights.bits * lanes;
    return 2.0 * problem.weights.bits / 128.0 * padding_factor(problem.shape.out_channels, block);
}

}  // namespace

KernelVariant avx2_dictionary_variant() {
    return {"avx2/dictionary", InstructionSet::avx2, dictionary_supports, cost, prepare_any};
}

}  // namespace dsqbench
