// The convolution that every other kernel must equal to the bit: seven loops, one code at a time.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant reference_variant();

}  // namespace dsqbench
