// One image file in memory, decoded to red, green and blue planes of bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "suite/data/dataset.h"

namespace dsqbench {

// The part of an image that is wanted, in its pixels, and how many times smaller (1, 2, 4 or 8) it may be decoded.
struct Excerpt {
    int left = 0, top = 0;
    int right = std::numeric_limits<int>::max(), bottom = std::numeric_limits<int>::max();
    int reduction = 1;
};

struct DecodedImage {
    ImageShape shape;                  // channels is always 3
    std::vector<std::uint8_t> pixels;  // [3, height, width]
    std::string damage = {};           // what the decoder complained of; empty for a sound file
    int left = 0, top = 0;             // of the first pixel, where the whole image was not wanted
    ImageShape whole = {};             // the image's, as much smaller as it was decoded
};

struct Decoding {
    std::function<Excerpt(const ImageShape& whole)> choose = {};  // all of it where there is none
    DamagedImages damaged = DamagedImages::refused;
};

// JPEG or PNG, told apart by the first bytes: names lie. A JPEG comes as much smaller as wanted, its sides rounded up,
// and where that may be, damaged ones too; a PNG in its own size. What is below the excerpt is not looked at. Throws
// Error(data) at `place` for anything else that is not one whole image of at most 8192 x 8192 pixels.
DecodedImage decode_image(std::string_view bytes, const std::string& place, const Decoding& decoding = {});

// Shared by the decoders, which call it before they allocate. Throws Error(data).
void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& place);

// What the decoding wants of an image, inside it; and the same in the pixels of the image made smaller.
Excerpt chosen_excerpt(const Decoding& decoding, const ImageShape& image);
Excerpt scaled_excerpt(const Excerpt& excerpt, const ImageShape& image, const ImageShape& smaller);

// Rows of an image, or of a part of it: red, green, blue, pixel after pixel.
struct InterleavedRows {
    std::vector<std::uint8_t> bytes;
    int left = 0, top = 0, width = 0;  // of the part
};
// The excerpt, which must lie in the rows.
DecodedImage planar_image(const InterleavedRows& rows, const ImageShape& whole, const Excerpt& excerpt);

}  // namespace dsqbench
