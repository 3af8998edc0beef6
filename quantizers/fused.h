// The forward pass of a uniform grid in one pass over memory, with the bits of the ten tensor operations of grid.cpp.
#pragma once

#include <ATen/ATen.h>

#include "quantizers/grid.h"
#include "quantizers/staircase_formula.h"

namespace dsqbench {

// Can the fused passes take x? Contiguous float32 on the CPU.
bool is_fusable(const at::Tensor& x);

// grid.fake_quantize(x) for a grid without warp.
at::Tensor fused_fake_quantize(const at::Tensor& x, const Grid& grid);

}  // namespace dsqbench
