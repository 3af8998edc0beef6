// Passes of elementwise.h over tensors. The forward pass of a uniform grid has the bits of the ten tensor operations of
// grid.cpp.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "quantizers/grid.h"
#include "quantizers/staircase_formula.h"

namespace dsqbench {

// Can the fused passes take x? Contiguous float32 on the CPU.
bool is_fusable(const at::Tensor& x);

// grid.fake_quantize(x) for a grid without warp.
at::Tensor fused_fake_quantize(const at::Tensor& x, const Grid& grid);

// A formula's sums of one channel after the other.
struct ChannelSums {
    std::vector<ElementwisePass::Sums> sums;

    // A tensor of `shape`'s shape, type and device with value_of(sums) of every channel.
    template <class ValueOf>
    at::Tensor each(const at::Tensor& shape, const ValueOf& value_of) const {
        const at::Tensor values = at::empty_like(shape);
        for (std::size_t c = 0; c < sums.size(); ++c)
            values.data_ptr<float>()[c] = static_cast<float>(value_of(sums[c], static_cast<std::int64_t>(c)));
        return values;
    }
};

// dL/dx into `gradient` by formula_of(channel), for fusable x, `upstream` of its shape, contiguous; dimension 0 holds
// the channels when there are several.
template <class FormulaOf>
ChannelSums fused_gradient(const at::Tensor& x, const at::Tensor& upstream, std::int64_t channels,
                           const FormulaOf& formula_of, const at::Tensor& gradient) {
    ChannelSums found;
    const std::int64_t count = x.numel() / channels;
    for (std::int64_t c = 0; c < channels; ++c) {
        ElementwisePass::Sums& sums = found.sums.emplace_back();
        FormulaPass(formula_of(c))
            .gradient(x.data_ptr<float>() + c * count, upstream.data_ptr<float>() + c * count, count,
                      gradient.data_ptr<float>() + c * count, sums);
    }
    return found;
}

}  // namespace dsqbench
