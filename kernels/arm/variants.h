// The kernels for Advanced SIMD of ARMv8.0.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant neon_multiply_accumulate_variant();
KernelVariant neon_multiply_long_variant();

}  // namespace dsqbench
