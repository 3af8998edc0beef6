// The kernels in plain C++, for every processor; the compiler vectorises them.
#pragma once

#include "kernels/api/variant.h"

namespace dsqbench {

KernelVariant portable_variant();
KernelVariant portable_depthwise_variant();

}  // namespace dsqbench
