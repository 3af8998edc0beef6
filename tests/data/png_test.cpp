#include "suite/data/png.h"

#include <gmock/gmock.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

TEST(Png, decodes_to_planes) {
    const DecodedImage image = decode_png(png_bytes(2, 1, PNG_FORMAT_RGB, {1, 2, 3, 4, 5, 6}), "f");
    EXPECT_EQ(image.shape, (ImageShape{3, 1, 2}));
    EXPECT_THAT(image.pixels, ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Png, grey_becomes_rgb) {
    EXPECT_THAT(decode_png(png_bytes(1, 1, PNG_FORMAT_GRAY, {200}), "f").pixels, ElementsAre(200, 200, 200));
}

TEST(Png, transparent_pixels_lie_on_black) {
    EXPECT_THAT(decode_png(png_bytes(2, 1, PNG_FORMAT_RGBA, {9, 9, 9, 0, 9, 9, 9, 255}), "f").pixels,
                ElementsAre(0, 9, 0, 9, 0, 9));
}

TEST(Png, truncated_inside_the_pixels_is_an_error) {
    const std::string whole = rgb_png_bytes(20, 20, 1, 2, 3);
    // IEND's 12 bytes and the checksum before it carry no pixels: libpng reads an image without them.
    for (std::size_t length = 0; length + 20 < whole.size(); ++length)
        EXPECT_THROW(decode_png(whole.substr(0, length), "f"), Error) << length << " of " << whole.size();
    expect_data_error("cat.png", "damaged PNG file", [&] { decode_png(whole.substr(0, 50), "cat.png"); });
}

TEST(Png, flipped_bit_is_found_by_the_checksum) {
    std::string bytes = rgb_png_bytes(20, 20, 1, 2, 3);
    bytes[bytes.find("IDAT") + 10] ^= 4;
    expect_data_error("cat.png", "damaged", [&] { decode_png(bytes, "cat.png"); });
}

TEST(Png, huge_image_is_refused_before_allocation) {
    const std::string wide = rgb_png_bytes(8193, 1, 1, 2, 3);
    expect_data_error("cat.png", "8193 x 1 pixels", [&] { decode_png(wide, "cat.png"); });
}

}  // namespace
}  // namespace dsqbench
