// The sum of the activations under the kernel, for RealNumbers: where a weight's value is `step * code + offset` with
// any real offset, a sum of products holds offset times this.
#pragma once

#include <cstdint>

#include "kernels/api/convolution.h"

namespace dsqbench {

// Of the activations' integer values, padding pixels included with their code. `activations`: packed; `scratch`:
// [H * W]; `sums`: [N, OH, OW]. Groups 1 only.
void window_sums(const ConvolutionProblem& problem, const std::uint8_t* activations, std::int32_t* scratch,
                 std::int32_t* sums);

}  // namespace dsqbench
