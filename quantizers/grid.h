// The integer grid of a quantizer: what deploys. value = offset + scale * code, lowest <= code <= highest.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>

namespace dsqbench {

struct Grid {
    int bits = 0;
    std::int64_t lowest = 0, highest = 0;  // code range, inclusive
    at::Tensor scale, offset;              // [] for one a tensor, [C] for one a channel of dimension 0
    // Applied before rounding where the method warps its input (DoReFa's tanh, LSQ+'s nothing); empty for the identity.
    std::function<at::Tensor(const at::Tensor&)> warp;

    // Codes (int32) of x: nearest level of warp(x), ties to even, saturating. NaN is an error of the caller.
    at::Tensor quantize(const at::Tensor& x) const;
    // Values in the type of `scale`.
    at::Tensor dequantize(const at::Tensor& codes) const;
};

// A per-channel vector [C] reshaped to broadcast over dimension 0 of x; a scalar stays as it is.
at::Tensor broadcast_channels(const at::Tensor& values, const at::Tensor& x);

}  // namespace dsqbench
