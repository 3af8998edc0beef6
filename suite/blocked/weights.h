// Weights [out, in, kernel, kernel] in the order in which the convolutions read them: for every group of output blocks,
// input block and tap, 8 input channels by the group's output channels.
#pragma once

#include "suite/blocked/instruction_set.h"
#include "suite/blocked/plan.h"

namespace dsqbench::blocked {

// Output blocks that are computed together, from `first` on: 4 (AVX-512), 2 or 1. Four of AVX2 would leave room for
// three pixels a tile: 64 GFLOP/s instead of 90 (measured).
std::int64_t group_size(InstructionSet isa, std::int64_t first, std::int64_t blocks);

// For convolve(); `shape.weights()` floats each. `plan` is the one of the same pass.
void pack_forward(InstructionSet isa, const ConvolutionShape& shape, const Plan& plan, const float* weights,
                  float* packed);
void pack_input_gradient(InstructionSet isa, const ConvolutionShape& shape, const Plan& plan, const float* weights,
                         float* packed);

// What add_weight_gradient() sums, back in the order of the weights.
void unpack_weight_gradient(InstructionSet isa, const ConvolutionShape& shape, const float* packed, float* gradient);

}  // namespace dsqbench::blocked
