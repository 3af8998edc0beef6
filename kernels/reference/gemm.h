// The matrix product that everything else is measured against.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/api/code_type.h"
#include "kernels/api/shape.h"

namespace dsqbench {

struct GemmOperands {
    std::span<const std::uint8_t> activations;  // codes, [rows][depth], one byte a code
    std::span<const std::uint8_t> weights;      // codes, [columns][depth], one byte a code
    CodeType activation_type, weight_type;
};

// sums, [rows][columns]
std::vector<std::int32_t> reference_gemm(const GemmShape& shape, const GemmOperands& operands);

}  // namespace dsqbench
