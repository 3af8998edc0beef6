#include "suite/data/decoded_image.h"

#include <fmt/format.h>

#include <algorithm>

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
    if (bytes.substr(0, 4) == "\x89PNG") return decode_png(bytes, place, decoding);
    throw Error(ExitCode::data, "neither a JPEG nor a PNG file", "convert it, or remove it", place);
}

void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& place) {
    if (width >= 1 && height >= 1 && width <= max_side && height <= max_side) return;
    throw Error(ExitCode::data,
                fmt::format("an image of {} x {} pixels; 1 to {} a side are read", width, height, max_side),
                "the file is damaged, or needs scaling first", place);
}

Excerpt chosen_excerpt(const Decoding& decoding, const ImageShape& image) {
    Excerpt excerpt = decoding.choose ? decoding.choose(image) : Excerpt{};
    excerpt.left = std::clamp(excerpt.left, 0, image.width - 1);
    excerpt.top = std::clamp(excerpt.top, 0, image.height - 1);
    excerpt.right = std::clamp(excerpt.right, excerpt.left + 1, image.width);
    excerpt.bottom = std::clamp(excerpt.bottom, excerpt.top + 1, image.height);
    return excerpt;
}

Excerpt scaled_excerpt(const Excerpt& excerpt, const ImageShape& image, const ImageShape& smaller) {
    const auto down = [](int x, int from, int to) { return static_cast<int>(std::int64_t{x} * to / from); };
    const auto up = [](int x, int from, int to) { return static_cast<int>((std::int64_t{x} * to + from - 1) / from); };
    return {down(excerpt.left, image.width, smaller.width), down(excerpt.top, image.height, smaller.height),
            up(excerpt.right, image.width, smaller.width), up(excerpt.bottom, image.height, smaller.height), 1};
}

DecodedImage planar_image(const InterleavedRows& rows, const ImageShape& whole, const Excerpt& excerpt) {
    const int width = excerpt.right - excerpt.left, height = excerpt.bottom - excerpt.top;
    const std::size_t plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    DecodedImage image{{3, height, width}, std::vector<std::uint8_t>(3 * plane)};
    image.left = excerpt.left;
    image.top = excerpt.top;
    image.whole = whole;
    for (int y = 0; y < height; ++y) {
        const auto row = static_cast<std::size_t>(excerpt.top - rows.top + y) * static_cast<std::size_t>(rows.width);
        const std::uint8_t* pixel = rows.bytes.data() + 3 * (row + static_cast<std::size_t>(excerpt.left - rows.left));
        std::uint8_t* red = image.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
        std::uint8_t *green = red + plane, *blue = green + plane;
        for (int x = 0; x < width; ++x, pixel += 3) {
            red[x] = pixel[0];
            green[x] = pixel[1];
            blue[x] = pixel[2];
        }
    }
    return image;
}

}  // namespace dsqbench
