// One- and two-bit products on ARMv8.0 by look-up in the tables of portable/dictionary.h: TBL looks up sixteen
// channels, 64 products of codes with bits.
#include "kernels/portable/dictionary.h"

#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/tile_dispatch.h"

namespace dsqbench {
namespace {

constexpr int lanes = 16;
constexpr int vectors = 4;  // of indices a step
constexpr int most_pixels = 4;

template <class Codes>
constexpr int channel_vectors = vectors / Codes::planes;

template <int pixels>
using Bytes = uint8x16_t[pixels][vectors];
template <class G, int pixels>
using Words = int16x8_t[pixels][2 * channel_vectors<G>];

template <int vector, int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void add_entries(const uint8x16_t (&tables)[pixels], uint8x16_t index, Bytes<pixels>& sums) {
    sums[pixel][vector] = vaddq_u8(sums[pixel][vector], vqtbl1q_u8(tables[pixel], index));
    if constexpr (pixel + 1 < pixels) add_entries<vector, pixel + 1>(tables, index, sums);
}

template <int vector = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void look_up_step(const uint8x16_t (&tables)[pixels], const std::uint8_t* w,
                                         Bytes<pixels>& sums) {
    add_entries<vector>(tables, vld1q_u8(w + vector * lanes), sums);
    if constexpr (vector + 1 < vectors) look_up_step<vector + 1>(tables, w, sums);
}

template <int bits, int pixel = 0, int pixels>
DSQBENCH_ALWAYS_INLINE void load_tables(const std::uint16_t* offsets, std::ptrdiff_t stride,
                                        uint8x16_t (&tables)[pixels]) {
    tables[pixel] = vld1q_u8(reinterpret_cast<const std::uint8_t*>(dictionary<bits>.data()) + offsets[pixel * stride]);
    if constexpr (pixel + 1 < pixels) load_tables<bits, pixel + 1>(offsets, stride, tables);
}

template <int high>
DSQBENCH_ALWAYS_INLINE int16x8_t add_plane(int16x8_t words, uint8x8_t entries) {
    const auto sum = vreinterpretq_u16_s16(words);
    if constexpr (high == -2) return vreinterpretq_s16_u16(vmlsl_u8(sum, entries, vdup_n_u8(2)));
    return vreinterpretq_s16_u16(vmlal_u8(sum, entries, vdup_n_u8(2)));
}

// Adds a run's byte sums to 16-bit ones, a vector of sixteen channels to two words.
template <class G, int pixels>
DSQBENCH_ALWAYS_INLINE void widen(const Bytes<pixels>& sums, Words<G, pixels>& words) {
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int v = 0; v < channel_vectors<G>; ++v) {
            const uint8x16_t lower = sums[pixel][v * G::planes];
            int16x8_t &first = words[pixel][2 * v], &second = words[pixel][2 * v + 1];
            first = vreinterpretq_s16_u16(vaddw_u8(vreinterpretq_u16_s16(first), vget_low_u8(lower)));
            second = vreinterpretq_s16_u16(vaddw_high_u8(vreinterpretq_u16_s16(second), lower));
            if constexpr (G::planes == 2) {
                const uint8x16_t upper = sums[pixel][v * 2 + 1];
                first = add_plane<G::high>(first, vget_low_u8(upper));
                second = add_plane<G::high>(second, vget_high_u8(upper));
            }
        }
}

DSQBENCH_ALWAYS_INLINE void store_sums(const TileTask& task, int pixel, int channel, int32x4_t sums) {
    const int32x4_t start = vld1q_s32(task.start + pixel * task.start_stride + channel);
    vst1q_s32(task.sums + pixel * task.sums_stride + channel, vaddq_s32(start, sums));
}

template <class G>
struct Tile {
    template <int pixels>
    static void run_tile(const TileTask& task) {
        const auto* offsets = reinterpret_cast<const std::uint16_t*>(task.panel);
        const auto* w = reinterpret_cast<const std::uint8_t*>(task.weights);
        Words<G, pixels> words;
        for (auto& pixel : words)
            for (int16x8_t& word : pixel) word = vdupq_n_s16(0);
        for (int left = task.steps; left > 0; left -= G::budget) {
            Bytes<pixels> sums;
            for (auto& pixel : sums)
                for (uint8x16_t& sum : pixel) sum = vdupq_n_u8(0);
            for (int step = std::min(G::budget, left); step > 0; --step) {
                uint8x16_t tables[pixels];
                load_tables<G::activation_bits>(offsets, task.panel_stride / 2, tables);
                look_up_step(tables, w, sums);
                ++offsets;
                w += vectors * lanes;
            }
            widen<G, pixels>(sums, words);
        }
        for (int p = 0; p < pixels; ++p)
            for (int v = 0; v < 2 * channel_vectors<G>; ++v) {
                store_sums(task, p, v * 8, vmovl_s16(vget_low_s16(words[p][v])));
                store_sums(task, p, v * 8 + 4, vmovl_high_s16(words[p][v]));
            }
    }
};

template <class G>
std::unique_ptr<Convolution> prepare_codes(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    constexpr int steps_per_block = 144;  // 9 KiB of indices; a 3x3 kernel over 64 channels in one block
    static_assert(dictionary_words_fit<G, steps_per_block>);
    Scheme scheme = dictionary_scheme<G, lanes, vectors>(problem);
    scheme.tile_pixels = most_pixels;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = dispatch_tile<Tile<G>, most_pixels>;
    scheme.finish = finish_portable;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

std::unique_ptr<Convolution> prepare_any(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    return prepare_dictionary(problem, [&](auto codes) { return prepare_codes<decltype(codes)>(problem, weights); });
}

// Two instructions for 64 products with a bit.
double cost(const ConvolutionProblem& problem) {
    const int block = vectors / problem.weights.bits * lanes;
    return 2.0 * problem.weights.bits / 64.0 * padding_factor(problem.shape.out_channels, block);
}

}  // namespace

KernelVariant neon_dictionary_variant() {
    return {"neon/dictionary", InstructionSet::neon, dictionary_supports, cost, prepare_any};
}

}  // namespace dsqbench
