// Real numbers and their codes on AVX2.
#pragma once

#include "kernels/api/pixels.h"

namespace dsqbench {

// Codes of whole groups of 32 channels of each pixel; returns how many channels are done.
int quantize_groups_avx2(const QuantizedPixels& to, const float* values, std::uint8_t* codes);

}  // namespace dsqbench
