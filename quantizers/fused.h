// Passes of elementwise.h over tensors. The forward pass of a uniform grid has the bits of the ten tensor operations of
// grid.cpp.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "quantizers/grid.h"
#include "quantizers/staircase_formula.h"

namespace dsqbench {

// Can the fused passes take x? Contiguous float32 on the CPU.
bool is_fusable(const at::Tensor& x);

// grid.fake_quantize(x) for a grid without warp.
at::Tensor fused_fake_quantize(const at::Tensor& x, const Grid& grid);

struct FusedGradient {
    at::Tensor x;                             // dL/dx
    std::vector<ElementwisePass::Sums> sums;  // the formula's, one channel after the other
};

// The backward pass by formula_of(channel), for fusable x and `upstream` of its shape; dimension 0 holds the channels
// when there are several.
template <class FormulaOf>
FusedGradient fused_gradient(const at::Tensor& x, const at::Tensor& upstream, std::int64_t channels,
                             const FormulaOf& formula_of) {
    FusedGradient found{at::empty_like(x), {}};
    const at::Tensor from = upstream.contiguous();
    const std::int64_t count = x.numel() / channels;
    for (std::int64_t c = 0; c < channels; ++c) {
        const auto sums =
            apply_gradient(formula_of(c), x.data_ptr<float>() + c * count, from.data_ptr<float>() + c * count, count,
                           found.x.data_ptr<float>() + c * count);
        std::copy(sums.begin(), sums.end(), found.sums.emplace_back().begin());
    }
    return found;
}

}  // namespace dsqbench
