// Overflow budgets: how many products a narrow accumulator holds, from the codes' true ranges.
#pragma once

#include <algorithm>
#include <limits>

#include "kernels/api/code_type.h"

namespace dsqbench {

constexpr Range signed_8_bit{-128, 127};
constexpr Range unsigned_8_bit{0, 255};
constexpr Range signed_16_bit{-32768, 32767};

constexpr bool fits(Range inner, Range outer) {
    return inner.minimum >= outer.minimum && inner.maximum <= outer.maximum;
}

// All products of one factor from each range.
constexpr Range product(Range a, Range b) {
    const auto corners = {a.minimum * b.minimum, a.minimum * b.maximum, a.maximum * b.minimum, a.maximum * b.maximum};
    return {std::min(corners), std::max(corners)};
}

constexpr Range times(Range range, int count) {
    return {range.minimum * count, range.maximum * count};
}

// The most terms whose every partial sum, started from zero, stays inside `accumulator`.
constexpr int accumulations(Range term, Range accumulator) {
    int count = std::numeric_limits<int>::max();
    if (term.maximum > 0) count = std::min(count, accumulator.maximum / term.maximum);
    if (term.minimum < 0) count = std::min(count, accumulator.minimum / term.minimum);
    return count;
}

// vpmaddubsw: two products of an unsigned and a signed byte added into 16 bits. 0: one instruction may saturate
// already.
constexpr int byte_pair_budget(Range activations, Range weights) {
    return accumulations(times(product(activations, weights), 2), signed_16_bit);
}

// A dictionary entry is the sum of up to four unsigned activation codes; entries add up in unsigned bytes.
constexpr int dictionary_budget(int activation_bits) {
    return accumulations({0, 4 * ((1 << activation_bits) - 1)}, unsigned_8_bit);
}

// Exact Winograd F(2x2, 3x3). Transformed activations are sums of four codes, two of them subtracted except at the
// centre position; a constant per position makes them 0 .. 4 (2^b - 1).
constexpr Range winograd_activations(int bits) {
    return {0, 4 * ((1 << bits) - 1)};
}

// The same without that constant.
constexpr Range winograd_signed_activations(int bits) {
    return {-2 * ((1 << bits) - 1), 4 * ((1 << bits) - 1)};
}

// Transformed weights G w G^T with G = 1 0 0, 1 1 1, 1 -1 1, 0 0 1: one, three or nine weights, some subtracted.
constexpr Range winograd_weights(Range weights, int position) {
    constexpr int added[] = {1, 3, 2, 1}, subtracted[] = {0, 0, 1, 0};
    const int row = position / 4, column = position % 4;
    const int plus = added[row] * added[column] + subtracted[row] * subtracted[column];
    const int minus = added[row] * subtracted[column] + subtracted[row] * added[column];
    return {plus * weights.minimum - minus * weights.maximum, plus * weights.maximum - minus * weights.minimum};
}

// At whichever position.
constexpr Range winograd_weights(Range weights) {
    Range hull = {0, 0};
    for (int position = 0; position < 16; ++position) {
        const Range range = winograd_weights(weights, position);
        hull = {std::min(hull.minimum, range.minimum), std::max(hull.maximum, range.maximum)};
    }
    return hull;
}

// NEON MLA .16b: products and sums in signed bytes.
constexpr int byte_multiply_budget(Range activations, Range weights) {
    return accumulations(product(activations, weights), signed_8_bit);
}

// NEON SMLAL: products of signed bytes, sums in 16 bits.
constexpr int long_multiply_budget(Range activations, Range weights) {
    return accumulations(product(activations, weights), signed_16_bit);
}

}  // namespace dsqbench
