// Passes of elementwise.h and of cuda/passes.h over tensors. The forward pass of a uniform grid has the bits of the ten
// tensor operations of grid.cpp.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>

#include <algorithm>
#include <vector>

#include "quantizers/cuda/passes.h"
#include "quantizers/elementwise.h"
#include "quantizers/grid.h"
#include "quantizers/range.h"
#include "quantizers/staircase_formula.h"

namespace dsqbench {

// Was this built with kernels for GPUs?
inline constexpr bool has_cuda_passes = DSQBENCH_CUDA_PASSES != 0;

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

// Can kernels for GPUs take x? Float32 on a GPU without gaps, whatever the order of its dimensions; with several
// channels contiguous.
bool is_fusable_on_gpu(const at::Tensor& x, std::int64_t channels);

// The same as above, for x that is fusable on a GPU.
at::Tensor fake_quantize_on_gpu(const at::Tensor& x, const Grid& grid);
Range valid_range_on_gpu(const Range& range);

namespace detail {
cuda::Elements gpu_elements(const at::Tensor& x, std::int64_t channels);
at::Tensor in_layout_of(const at::Tensor& x, const at::Tensor& upstream);
}  // namespace detail

// dL/dx; `source`, of cuda/passes.h, says where the other gradients go.
template <class Source>
at::Tensor gradient_on_gpu(const at::Tensor& x, const at::Tensor& upstream, std::int64_t channels,
                           const Source& source) {
    at::Tensor by_x = at::empty_like(x);
    if constexpr (has_cuda_passes) {
        const c10::OptionalDeviceGuard on_its_device(x.device());
        const auto elements = detail::gpu_elements(x, channels);
        const at::Tensor from = detail::in_layout_of(x, upstream);
        const std::int64_t sums = Source::has_sums ? cuda::partial_sums(elements, Source::Formula::sum_count) : 0;
        const at::Tensor partial = at::empty({sums}, x.options().dtype(at::kDouble));
        cuda::gradient(elements, from.data_ptr<float>(), by_x.data_ptr<float>(), partial.data_ptr<double>(), source);
    }
    return by_x;
}

}  // namespace dsqbench
