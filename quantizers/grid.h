// The integer grid of a quantizer: what deploys. value = offset + scale * code, lowest <= code <= highest.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>

namespace dsqbench {

// Codes are 0 .. 2^bits - 1 for every contender, and the offset is a real number: DSQ's levels l + i (u - l) / (2^bits
// - 1) need not contain zero, and a symmetric grid is one with a negative offset.
struct Grid {
    int bits = 0;
    std::int64_t lowest = 0, highest = 0;  // code range, inclusive
    at::Tensor scale, offset;              // [] for one a tensor, [C] for one a channel of dimension 0
    // Applied before rounding where the method warps its input (DoReFa's tanh); empty for the identity.
    std::function<at::Tensor(const at::Tensor&)> warp;

    // Codes (int32) of x: nearest level of warp(x), ties to even, saturating. NaN is an error of the caller.
    at::Tensor quantize(const at::Tensor& x) const;
    // Values in the type of `scale`.
    at::Tensor dequantize(const at::Tensor& codes) const;

    // dequantize(quantize(x)) to the bit, without the detour through integers; NaN stays NaN.
    at::Tensor fake_quantize(const at::Tensor& x) const;

private:
    at::Tensor levels(const at::Tensor& x) const;
};

// The distance of 2^bits levels that reach over `extent`: extent / (2^bits - 1), rounded once on every device.
at::Tensor level_distance(const at::Tensor& extent, int bits);

// The grid of 2^bits codes; `scale` and `offset` as above.
Grid make_grid(int bits, const at::Tensor& scale, const at::Tensor& offset);

// A per-channel vector [C] reshaped to broadcast over dimension 0 of x; a scalar stays as it is. Throws
// std::invalid_argument when x has another number of channels.
at::Tensor broadcast_channels(const at::Tensor& values, const at::Tensor& x);

// The adjoint: `values`, of x's shape, summed to the shape of `like`, which is [] or [C].
at::Tensor sum_to_channels(const at::Tensor& values, const at::Tensor& like);

}  // namespace dsqbench
