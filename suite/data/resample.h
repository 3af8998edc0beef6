// Images scaled as Pillow scales them, to the bit: a triangle as wide as the output's pixels, horizontally first, in
// fixed point, rounded to bytes between the two passes.
#pragma once

#include <cstdint>

#include "suite/data/decoded_image.h"

namespace dsqbench {

// A part of an image, in its pixels.
struct Box {
    double left = 0, top = 0, width = 0, height = 0;
};

// The box as `pixels` [3, height, width]. The box must lie in the image and have a positive area.
void resample(const DecodedImage& image, const Box& box, int width, int height, std::uint8_t* pixels);

}  // namespace dsqbench
