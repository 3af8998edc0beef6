// The epilogue's formulas for one number: epilogue.h of the interface, word by word.
#pragma once

#include "kernels/api/epilogue.h"

namespace dsqbench {

int reference_code(const Thresholds& thresholds, int channel, std::int32_t sum);

// `residual_code`: ignored without a residual.
int reference_code(const Requantize& requantize, int channel, std::int32_t sum, int residual_code);

// `window_sum` and `shortcut` count where the epilogue has them; `pixel` of the output image.
float reference_real(const RealNumbers& real, int channel, std::int64_t pixel, std::int32_t sum,
                     std::int32_t window_sum, float shortcut);
int reference_code(const RealGrid& grid, float value);

}  // namespace dsqbench
