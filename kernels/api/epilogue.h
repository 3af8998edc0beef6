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

using Epilogue = std::variant<KeepSums, Thresholds, Requantize>;

// Bits of the output's codes; 32 for KeepSums.
int output_bits(const Epilogue& epilogue);

// Throws ShapeError when a list does not have the length that `out_channels` asks for, or a number is out of range.
void validate(const Epilogue& epilogue, int out_channels);

}  // namespace dsqbench
