// The kernels for Advanced SIMD.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant neon_multiply_accumulate_variant();
KernelVariant neon_multiply_long_variant();
KernelVariant neon_dictionary_variant();
KernelVariant neon_outer_product_variant();
KernelVariant neon_dot_product_variant();
KernelVariant neon_matrix_multiply_variant();

}  // namespace dsqbench
