// The epilogue's formulas for one number: epilogue.h of the interface, word by word.
#pragma once

#include "kernels/api/epilogue.h"

namespace dsqbench {

int reference_code(const Thresholds& thresholds, int channel, std::int32_t sum);

// `residual_code`: ignored without a residual.
int reference_code(const Requantize& requantize, int channel, std::int32_t sum, int residual_code);

}  // namespace dsqbench
