// The last step of a convolution, fused into it: what becomes of a pixel's int32 sums.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "kernels/api/code_type.h"

namespace dsqbench {

// int32, [N, OH, OW, OC].
struct KeepSums {};

enum class Direction : std::uint8_t {
    rising,   // code = how many thresholds are <= sum
    falling,  // code = how many thresholds are >= sum: a channel whose batch-norm scale is negative
};

// Codes of `bits` bits, packed as layout.h says. Batch-norm, ReLU and the next layer's quantizer folded into integers:
// exact, without floating point. The work grows with 2^bits - 1, so meant for up to 4 bits.
struct Thresholds {
    int bits = 1;
    std::vector<std::int32_t> levels;   // [OC][2^bits - 1], in any order, above -2^31
    std::vector<Direction> directions;  // [OC], or empty: all rising
};

enum class Rectifier { none, relu };

// Codes of the same pixels and channels as the output, packed, that are added before the rectifier. A real offset of
// theirs belongs into the bias.
struct Residual {
    CodeType type;
    float scale = 1.0F;
};

// Codes of `bits` bits, packed. In float32, in this order and without fused multiply-add, so that every kernel agrees
// to the bit:
//     y    = scale[c] * sum + bias[c]  (+ residual.scale * residual value)
//     y    = max(y, 0)                 with relu
//     code = round((y - offset) * (1 / step)), ties to even, clamped to 0 .. 2^bits - 1
struct Requantize {
    int bits = 8;
    std::vector<float> scale, bias;  // [OC], finite
    Rectifier rectifier = Rectifier::none;
    float offset = 0.0F, step = 1.0F;  // the output's grid: value = offset + step * code
    std::optional<Residual> residual = {};
};

// value = offset + step * code; the code of x is round((x - offset) / step), ties to even, clamped to 0 .. 2^bits - 1.
struct RealGrid {
    int bits = 8;
    float offset = 0.0F, step = 1.0F;
};

// Whether the real numbers of a short cut are added before the rectifier.
enum class Shortcut { none, added };

// Real numbers, codes of them on up to two grids, or both: for residual sums, and for grids of weights or activations
// that do not stand on whole or half steps. In float32, in this order and without fused multiply-add, so that every
// kernel agrees to the bit:
//     y = scale[c] * sum + bias[k][c]  (+ window_scale[c] * window sum)  (+ short cut)
//     y = max(y, 0)                    with relu
// k is the output pixel's class: where a padding pixel is no code, the constant part of a sum depends on which taps lie
// inside the image.
struct RealNumbers {
    std::vector<float> scale;           // [OC], finite
    std::vector<float> bias;            // [classes][OC], finite
    std::vector<std::uint8_t> classes;  // [OH * OW], or empty: one class
    std::vector<float> window_scale;    // [OC], finite, or empty: no window sums
    Rectifier rectifier = Rectifier::none;
    Shortcut shortcut = Shortcut::none;
    std::vector<RealGrid> grids;  // of the codes
};
constexpr std::size_t most_grids = 2;

using Epilogue = std::variant<KeepSums, Thresholds, Requantize, RealNumbers>;

// Bits of the output's codes; 32 for KeepSums and RealNumbers.
int output_bits(const Epilogue& epilogue);

// Throws ShapeError when a list does not have the length that `out_channels` asks for, or a number is out of range.
void validate(const Epilogue& epilogue, int out_channels);

}  // namespace dsqbench
