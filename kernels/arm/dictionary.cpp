// One- and two-bit products on ARMv8.0 by look-up, the scheme of x86/dictionary.cpp: four packed activation codes are
// the address of a table with the sums of all their subsets, four weight bits the index into it. TBL looks up sixteen
// channels, 64 products of codes with bits; a weight of two bits is two planes.
#include <array>

#include "kernels/api/budget.h"
#include "kernels/arm/neon.h"
#include "kernels/arm/variants.h"
#include "kernels/portable/blocked_convolution.h"

namespace dsqbench {
namespace {

constexpr int group = 4;  // codes a table
constexpr int lanes = 16;
constexpr int vectors = 4;  // of indices a step
constexpr int most_pixels = 4;

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

// planes: weight bits. high: what a bit of the upper plane counts, -2 in two's complement.
template <int activation_bits_, int planes_, int high_>
struct Geometry {
    static constexpr int activation_bits = activation_bits_;
    static constexpr int planes = planes_;
    static constexpr int high = high_;
    static constexpr int channel_vectors = vectors / planes;
    static constexpr int block_channels = channel_vectors * lanes;
};

template <int pixels>
using Bytes = uint8x16_t[pixels][vectors];
template <class G, int pixels>
using Words = int16x8_t[pixels][2 * G::channel_vectors];

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
        for (int v = 0; v < G::channel_vectors; ++v) {
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

template <class G, int pixels>
void run_tile(const TileTask& task) {
    const auto* offsets = reinterpret_cast<const std::uint16_t*>(task.panel);
    const auto* w = reinterpret_cast<const std::uint8_t*>(task.weights);
    constexpr int budget = dictionary_budget(G::activation_bits);
    Words<G, pixels> words;
    for (auto& pixel : words)
        for (int16x8_t& word : pixel) word = vdupq_n_s16(0);
    for (int left = task.steps; left > 0; left -= budget) {
        Bytes<pixels> sums;
        for (auto& pixel : sums)
            for (uint8x16_t& sum : pixel) sum = vdupq_n_u8(0);
        for (int step = std::min(budget, left); step > 0; --step) {
            uint8x16_t tables[pixels];
            load_tables<G::activation_bits>(offsets, task.panel_stride / 2, tables);
            look_up_step(tables, w, sums);
            ++offsets;
            w += vectors * lanes;
        }
        widen<G, pixels>(sums, words);
    }
    for (int p = 0; p < pixels; ++p)
        for (int v = 0; v < 2 * G::channel_vectors; ++v) {
            store_sums(task, p, v * 8, vmovl_s16(vget_low_s16(words[p][v])));
            store_sums(task, p, v * 8 + 4, vmovl_high_s16(words[p][v]));
        }
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
        default:
            return run_tile<G, most_pixels>(task);
    }
}

// A step: for every sixteen channels, for every plane from the lowest, a byte a channel whose lower four bits are the
// plane's bits of the group's four weights, the first weight's lowest.
template <class G>
void pack(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int v = 0; v < G::channel_vectors; ++v)
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
    constexpr int steps_per_block = 144;  // 9 KiB of indices; a 3x3 kernel over 64 channels in one block
    static_assert(fits(times({0, 4 * ((1 << G::activation_bits) - 1) * 3}, steps_per_block), signed_16_bit));
    Scheme scheme = neon_scheme(problem);
    scheme.format = OperandFormat::dictionary;
    scheme.activations = code_mapping(problem.activations);
    scheme.weights = weight_mapping(problem.weights);
    scheme.tile_pixels = most_pixels;
    scheme.block_channels = G::block_channels;
    scheme.step_elements = group;
    scheme.step_weight_bytes = vectors * lanes;
    scheme.steps_per_block = steps_per_block;
    scheme.tile = tile<G>;
    scheme.pack = pack<G>;
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

// Two instructions for 64 products with a bit.
double cost(const ConvolutionProblem& problem) {
    return 2.0 * problem.weights.bits / 64.0;
}

}  // namespace

KernelVariant neon_dictionary_variant() {
    return {"neon/dictionary", InstructionSet::neon, supports, cost, prepare_dictionary};
}

}  // namespace dsqbench
