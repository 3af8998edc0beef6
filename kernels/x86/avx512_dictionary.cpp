// The look-up of dictionary.cpp in vectors of 512 bits: vpshufb looks up 64 channels, 256 products of codes with bits,
// in the same table in each of its four lanes. A block is 64 channels for weights of one bit and of two, as many
// networks' narrowest layers have no more.
//
// vpermb of VBMI has tables of 64 entries, half as many look-ups again, but for groups of three 2-bit or six 1-bit
// codes, which packed bytes do not hold.
#include <cstring>

#include "kernels/api/processor_model.h"
#include "kernels/portable/dictionary.h"
#include "kernels/x86/avx512.h"
#include "kernels/x86/variants.h"

namespace dsqbench {
namespace {

constexpr int lanes = 64;

// Twelve pixels by one or two vectors of byte sums: at most 24 registers; 2 indices, a table and an entry.
template <class Codes>
constexpr int step_weight_bytes = Codes::planes* lanes;

// As assembly for the reasons of add_bytes() and broadcast_double_word().
DSQBENCH_AVX512_INLINE void add_entries(__m512i& sum, __m512i entries) {
    asm volatile("vpaddb %1, %0, %0" : "+v"(sum) : "v"(entries));
}

template <int bits>
DSQBENCH_AVX512_INLINE __m512i load_table(const char* offset) {
    std::uint16_t bytes;
    std::memcpy(&bytes, offset, sizeof bytes);
    const char* entries = reinterpret_cast<const char*>(dictionary<bits>.data()) + bytes;
    __m512i table;
    asm("vbroadcasti32x4 %1, %0" : "=v"(table) : "m"(*reinterpret_cast<const char(*)[16]>(entries)));
    return table;
}

template <class G, int pixel = 0, int pixels>
DSQBENCH_AVX512_INLINE void look_up_step(const PanelRows rows, const __m512i (&index)[G::planes],
                                         WideAccumulators<pixels, G::planes>& sums) {
    const __m512i table = load_table<G::activation_bits>(rows.at<pixel>());
    add_entries(sums[pixel][0], _mm512_shuffle_epi8(table, index[0]));
    if constexpr (G::planes == 2) add_entries(sums[pixel][1], _mm512_shuffle_epi8(table, index[1]));
    if constexpr (pixel + 1 < pixels) look_up_step<G, pixel + 1>(rows, index, sums);
}

// Eight channels of each lane of 16, as words; the planes combined as in dictionary.cpp.
template <class G>
DSQBENCH_AVX512_INLINE __m512i combine(__m512i interleaved) {
    if constexpr (G::planes == 1) return interleaved;
    return _mm512_maddubs_epi16(interleaved, _mm512_set1_epi16(static_cast<std::int16_t>(1 + G::high * 256)));
}

template <class G, int pixel = 0, int pixels>
DSQBENCH_AVX512_INLINE void widen(const WideAccumulators<pixels, G::planes>& sums, WideAccumulators<pixels, 2>& words) {
    const __m512i lower = sums[pixel][0];
    const __m512i upper = G::planes == 2 ? sums[pixel][G::planes - 1] : _mm512_setzero_si512();
    words[pixel][0] = _mm512_add_epi16(words[pixel][0], combine<G>(_mm512_unpacklo_epi8(lower, upper)));
    words[pixel][1] = _mm512_add_epi16(words[pixel][1], combine<G>(_mm512_unpackhi_epi8(lower, upper)));
    if constexpr (pixel + 1 < pixels) widen<G, pixel + 1>(sums, words);
}

// Lane i of a vector of words is eight channels from 16 i on, or from 16 i + 8.
template <int lane = 0>
DSQBENCH_AVX512_INLINE void store_words(const TileTask& task, int pixel, int channel, __m512i words) {
    __m128i eight;
    asm("vextracti32x4 %2, %1, %0" : "=v"(eight) : "v"(words), "i"(lane));
    store_sums(task, pixel, channel + 16 * lane, _mm256_cvtepi16_epi32(eight));
    if constexpr (lane < 3) store_words<lane + 1>(task, pixel, channel, words);
}

template <int pixels>
DSQBENCH_AVX512_INLINE void store_pixels(const TileTask& task, const WideAccumulators<pixels, 2>& words) {
    for (int pixel = 0; pixel < pixels; ++pixel) {
        store_words(task, pixel, 0, words[pixel][0]);
        store_words(task, pixel, 8, words[pixel][1]);
    }
}

template <class G>
struct Tile {
    template <int pixels>
    DSQBENCH_AVX512 static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        PanelRows rows(task);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        // Runs of one length, which the branch predictor learns.
        const int runs = std::max(1, (task.steps + G::budget - 1) / G::budget);
        const int length = (task.steps + runs - 1) / runs;
        WideAccumulators<pixels, 2> words;
        set_to_zero(words);
        for (int left = task.steps; left > 0; left -= length) {
            WideAccumulators<pixels, G::planes> sums;
            set_to_zero(sums);
            for (int step = std::min(length, left); step > 0; --step, w += step_weight_bytes<G>) {
                __m512i index[G::planes];
                index[0] = load_into_wide_register(w);
                if constexpr (G::planes == 2) index[1] = load_into_wide_register(w + lanes);
                look_up_step<G>(rows, index, sums);
                rows.advance(sizeof(std::uint16_t));
            }
            widen<G>(sums, words);
        }
        store_pixels<pixels>(task, words);
    }
};

template <class G>
std::unique_ptr<Convolution> prepare_codes(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    constexpr int steps_per_block = 288;  // 18 or 36 KiB of indices; a 3x3 kernel over 128 channels in one block
    static_assert(dictionary_words_fit<G, steps_per_block>);
    Scheme scheme = dictionary_scheme<G, lanes, G::planes>(problem);
    scheme.tile_pixels = wide_tile_pixels;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = dispatch_tile<Tile<G>, wide_tile_pixels>;
    scheme.finish = finish_avx2;
    scheme.copy = copy_rows_avx2;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

std::unique_ptr<Convolution> prepare_any(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    return prepare_dictionary(problem, [&](auto codes) { return prepare_codes<decltype(codes)>(problem, weights); });
}

// Two instructions for 256 products with a bit.
double cost(const ConvolutionProblem& problem) {
    return wide_instruction_cost() * 2.0 * problem.weights.bits / 256.0 *
           padding_factor(problem.shape.out_channels, lanes);
}

}  // namespace

KernelVariant avx512_dictionary_variant() {
    return {"avx512/dictionary", avx512_base, dictionary_supports, cost, prepare_any};
}

}  // namespace dsqbench
