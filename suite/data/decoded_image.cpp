#include "suite/data/decoded_image.h"

#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/data/jpeg.h"
#include "suite/data/png.h"

namespace dsqbench {

namespace {
constexpr std::uint64_t max_side = 8192;  // 201 MB decoded; a header of 20 bytes may claim 65,535 squared
}

DecodedImage decode_image(std::string_view bytes, const std::string& place, const Decoding& decoding) {
    if (bytes.empty()) throw Error(ExitCode::data, "the image file is empty", "get it again, or remove it", place);
    if (bytes.substr(0, 2) == "\xff\xd8") return decode_jpeg(bytes, place, decoding);
    if (bytes.substr(0, 4) == "\x89PNG") {
        DecodedImage image = decode_png(bytes, place);
        if (decoding.reduction) decoding.reduction(image.shape);
        return image;
    }
    throw Error(ExitCode::data, "neither a JPEG nor a PNG file", "convert it, or remove it", place);
}

void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& place) {
    if (width >= 1 && height >= 1 && width <= max_side && height <= max_side) return;
    throw Error(ExitCode::data,
                fmt::format("an image of {} x {} pixels; 1 to {} a side are read", width, height, max_side),
                "the file is damaged, or needs scaling first", place);
}

DecodedImage planar_image(std::uint32_t width, std::uint32_t height, const std::vector<std::uint8_t>& interleaved) {
    const std::size_t plane = std::size_t{width} * height;
    DecodedImage image{{3, static_cast<int>(height), static_cast<int>(width)}, std::vector<std::uint8_t>(3 * plane)};
    for (std::size_t pixel = 0; pixel < plane; ++pixel)
        for (std::size_t channel = 0; channel < 3; ++channel)
            image.pixels[channel * plane + pixel] = interleaved[3 * pixel + channel];
    return image;
}

}  // namespace dsqbench
