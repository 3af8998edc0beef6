// One image file in memory, decoded to red, green and blue planes of bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/data/dataset.h"

namespace dsqbench {

struct DecodedImage {
    ImageShape shape;                  // always three channels
    std::vector<std::uint8_t> pixels;  // [3, height, width]
    std::string damage = {};           // what the decoder complained of; empty for a sound file
};

// Told the whole image's shape, how many times smaller (1, 2, 4 or 8) it may be decoded.
using Reduction = std::function<int(const ImageShape& whole)>;

struct Decoding {
    Reduction reduction = {};
    DamagedImages damaged = DamagedImages::refused;
};

// JPEG or PNG, told apart by the first bytes: names lie. A JPEG comes as much smaller as the reduction says, its sides
// rounded up, and damaged ones too where they may; a PNG always whole. Throws Error(data) at `place` for anything else
// that is not one whole image of at most 8192 x 8192 pixels.
DecodedImage decode_image(std::string_view bytes, const std::string& place, const Decoding& decoding = {});

// Shared by the decoders, which call it before they allocate. Throws Error(data).
void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& place);

// `interleaved`: height * width times red, green, blue.
DecodedImage planar_image(std::uint32_t width, std::uint32_t height, const std::vector<std::uint8_t>& interleaved);

}  // namespace dsqbench
