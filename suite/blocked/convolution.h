// Float32 convolutions of one image in the blocked layout: forward, gradient of the input, gradient of the weights.
// Inputs are copies with a halo of zeros, [C / 8, H + 2 halo, W + 2 halo, 8], small enough for the L2 cache: that copy
// is where batch normalisation, ReLU and quantizer are applied. Sums are in a fixed order: equal bits from run to run.
#pragma once

#include "suite/blocked/instruction_set.h"
#include "suite/blocked/plan.h"

namespace dsqbench::blocked {

// output [out_blocks, out_height, out_width, 8], overwritten. `packed` as by pack_forward() or pack_input_gradient().
void convolve(InstructionSet isa, const Plan& plan, const float* padded_input, const float* packed, float* output);

// sums += the gradient of the weights from this image; unpack_weight_gradient() gives it its order. Both operands
// padded.
void add_weight_gradient(InstructionSet isa, const ConvolutionShape& shape, const float* padded_input,
                         const float* padded_output_gradient, float* sums);

}  // namespace dsqbench::blocked
