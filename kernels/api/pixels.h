// Passes over float32 pixels between convolutions, NHWC. The same bits with every instruction set.
#pragma once

#include <cstdint>

#include "kernels/api/epilogue.h"
#include "kernels/api/instruction_set.h"

namespace dsqbench {

struct QuantizedPixels {
    std::int64_t pixels = 0;
    int channels = 0;
    RealGrid grid;
};

// Codes as RealNumbers has them, packed as layout.h says. `values`: [pixels, channels].
void quantize_pixels(const QuantizedPixels& to, const float* values, std::uint8_t* codes, InstructionSets allowed);

struct PoolShape {
    int batch = 1, height = 0, width = 0, channels = 0;
    int kernel = 2, stride = 2, padding = 0;  // square; padding below kernel

    int out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
    int out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
};

// The largest of the pixels under the kernel that lie inside the image.
void max_pool(const PoolShape& shape, const float* values, float* out, InstructionSets allowed);

}  // namespace dsqbench
