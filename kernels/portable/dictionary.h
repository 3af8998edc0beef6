// What the look-up kernels share: the tables, the packed weights, and the choice by the codes' types. Four activation
// codes of 1 or 2 bits have only 16 or 256 combinations, so the sums of every subset of four codes fit a static
// dictionary (256 bytes or 4 KiB, in the first-level cache). The packed activations are the address of a 16-entry
// table; four weight bits are the index into it:
//
//     table[i] = sum over j of code[j] * bit j of i
//
// A weight of two bits is two planes of bits. Sums of entries fit unsigned bytes for 21 groups of four 2-bit codes (an
// entry is at most 12), or 63 groups of 1-bit codes.
#pragma once

#include <array>

#include "kernels/api/budget.h"
#include "kernels/portable/blocked_convolution.h"

namespace dsqbench {

constexpr int dictionary_group = 4;  // codes a table

template <int bits>
using Dictionary = std::array<std::array<std::uint8_t, 16>, std::size_t{1} << (dictionary_group * bits)>;

template <int bits>
constexpr Dictionary<bits> make_dictionary() {
    Dictionary<bits> dictionary{};
    for (std::size_t codes = 0; codes < dictionary.size(); ++codes)
        for (std::size_t index = 0; index < 16; ++index)
            for (std::size_t j = 0; j < dictionary_group; ++j)
                if ((index >> j & 1) != 0)
                    dictionary[codes][index] = static_cast<std::uint8_t>(
                        dictionary[codes][index] + (codes >> (j * bits) & ((std::size_t{1} << bits) - 1)));
    return dictionary;
}

template <int bits>
alignas(64) inline constexpr Dictionary<bits> dictionary = make_dictionary<bits>();

// planes: weight bits. high: what a bit of the upper plane counts, -2 in two's complement.
template <int activation_bits_, int planes_, int high_>
struct DictionaryCodes {
    static constexpr int activation_bits = activation_bits_;
    static constexpr int planes = planes_;
    static constexpr int high = high_;
    static constexpr int budget = dictionary_budget(activation_bits);
};

// prepare(DictionaryCodes<...>()) for the problem's types.
template <class Prepare>
std::unique_ptr<Convolution> prepare_dictionary(const ConvolutionProblem& problem, const Prepare& prepare) {
    const bool two = problem.activations.bits == 2, twos_complement = problem.weights.coding == Coding::signed_codes;
    if (problem.weights.bits == 1)
        return two ? prepare(DictionaryCodes<2, 1, 0>()) : prepare(DictionaryCodes<1, 1, 0>());
    if (twos_complement) return two ? prepare(DictionaryCodes<2, 2, -2>()) : prepare(DictionaryCodes<1, 2, -2>());
    return two ? prepare(DictionaryCodes<2, 2, 2>()) : prepare(DictionaryCodes<1, 2, 2>());
}

// A step: for every `lanes` channels, for every plane from the lowest, a byte a channel whose lower four bits are the
// plane's bits of the group's four weights, the first weight's lowest.
template <class Codes, int lanes, int vectors>
void pack_dictionary(const WeightBlock& block, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int v = 0; v < vectors / Codes::planes; ++v)
            for (int plane = 0; plane < Codes::planes; ++plane)
                for (int lane = 0; lane < lanes; ++lane) {
                    int index = 0;
                    for (int j = 0; j < dictionary_group; ++j)
                        index |= (block.at(v * lanes + lane, step * dictionary_group + j) >> plane & 1) << j;
                    *packed++ = static_cast<std::byte>(index);
                }
}

// `vectors` of `lanes` indices are a step's weights. The tile and the finish function are the caller's.
template <class Codes, int lanes, int vectors>
Scheme dictionary_scheme(const ConvolutionProblem& problem) {
    Scheme scheme{};
    scheme.format = OperandFormat::dictionary;
    scheme.activations = code_mapping(problem.activations);
    // Elements whose bits are the planes: two's complement where an upper plane can count -2, the negated value of a
    // signed bit, which is 0 or -1; else the code, for offset codes with a row sum to correct it.
    const bool is_signed = problem.weights.coding == Coding::signed_codes;
    scheme.weights = !is_signed ? code_mapping(problem.weights) : Codes::planes == 1 ? Mapping{-1, 0} : Mapping{};
    scheme.block_channels = vectors / Codes::planes * lanes;
    scheme.step_elements = dictionary_group;
    scheme.step_weight_bytes = vectors * lanes;
    scheme.pack = pack_dictionary<Codes, lanes, vectors>;
    return scheme;
}

inline bool dictionary_supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise() && problem.activations.bits <= 2 && problem.weights.bits <= 2;
}

// The word sums of a block of steps must fit 16 bits.
template <class Codes, int steps_per_block>
constexpr bool dictionary_words_fit =
    fits(times({0, dictionary_group*((1 << Codes::activation_bits) - 1) * 3}, steps_per_block), signed_16_bit);

}  // namespace dsqbench
