#include "suite/data/jpeg.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

// JPEG rounds in the frequency domain and in the colour space: at quality 100 a flat colour moves by two levels at
// most.
void expect_colour(const DecodedImage& image, int red, int green, int blue) {
    const std::size_t plane = image.pixels.size() / 3;
    const int expected[] = {red, green, blue};
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        ASSERT_LE(std::abs(image.pixels[i] - expected[i / plane]), 2) << "byte " << i;
}

// SOF0 is FF C0, two bytes of length, one of precision, then height and width.
std::string with_claimed_size(std::string jpeg, unsigned height, unsigned width) {
    const std::size_t frame = jpeg.find("\xff\xc0");
    const std::string claim{static_cast<char>(height >> 8), static_cast<char>(height), static_cast<char>(width >> 8),
                            static_cast<char>(width)};
    return jpeg.replace(frame + 5, 4, claim);
}

const JpegContent orange{9, 5, 3, {230, 120, 20}};

TEST(Jpeg, decodes_to_planes) {
    const DecodedImage image = decode_jpeg(jpeg_bytes(orange), "f");
    EXPECT_EQ(image.shape, (ImageShape{3, 5, 9}));
    ASSERT_EQ(image.pixels.size(), 3u * 5 * 9);
    expect_colour(image, 230, 120, 20);
}

TEST(Jpeg, grey_becomes_rgb) {
    const DecodedImage image = decode_jpeg(jpeg_bytes({8, 8, 1, {77}}), "f");
    EXPECT_EQ(image.shape, (ImageShape{3, 8, 8}));
    expect_colour(image, 77, 77, 77);
}

TEST(Jpeg, four_inks_become_rgb_with_and_without_adobes_complement) {
    expect_colour(decode_jpeg(jpeg_bytes({8, 8, 4, {255, 0, 0, 255}, true}), "f"), 255, 0, 0);
    expect_colour(decode_jpeg(jpeg_bytes({8, 8, 4, {0, 255, 255, 0}, false}), "f"), 255, 0, 0);
    expect_colour(decode_jpeg(jpeg_bytes({8, 8, 4, {0, 0, 0, 155}, false}), "f"), 100, 100, 100);
}

TEST(Jpeg, truncated_anywhere_is_an_error) {
    const std::string whole = jpeg_bytes(orange);
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_THROW(decode_jpeg(whole.substr(0, length), "f"), Error) << length << " of " << whole.size();
    expect_data_error("cat.jpg", "damaged JPEG file",
                      [&] { decode_jpeg(whole.substr(0, whole.size() - 10), "cat.jpg"); });
}

TEST(Jpeg, truncated_is_grey_from_there_on_where_that_is_asked_for) {
    JpegContent content{64, 64, 3, {230, 120, 20}};
    const std::string whole = jpeg_bytes(content);
    const DecodedImage image = decode_jpeg(whole.substr(0, whole.size() - 40), "f", {{}, DamagedImages::filled});
    EXPECT_EQ(image.shape, (ImageShape{3, 64, 64}));
    EXPECT_NEAR(image.pixels.front(), 230, 2);
    EXPECT_EQ(image.damage, "damaged JPEG file: Premature end of JPEG file");
    EXPECT_EQ(decode_jpeg(whole, "f", {{}, DamagedImages::filled}).damage, "");
    expect_data_error("cat.jpg", "damaged JPEG file", [&] {
        decode_jpeg(whole.substr(0, 100), "cat.jpg", {{}, DamagedImages::filled});
    });
}

TEST(Jpeg, huge_claimed_size_is_refused_before_allocation) {
    expect_data_error("cat.jpg", "65500 x 65500 pixels",
                      [] { decode_jpeg(with_claimed_size(jpeg_bytes(orange), 65500, 65500), "cat.jpg"); });
    // Beyond what libjpeg itself accepts.
    expect_data_error("cat.jpg", "damaged",
                      [] { decode_jpeg(with_claimed_size(jpeg_bytes(orange), 65535, 65535), "cat.jpg"); });
    expect_data_error("cat.jpg", "damaged",
                      [] { decode_jpeg(with_claimed_size(jpeg_bytes(orange), 9, 0), "cat.jpg"); });
}

TEST(Jpeg, other_bytes_are_an_error) {
    expect_data_error("cat.jpg", "damaged", [] { decode_jpeg("GIF89a", "cat.jpg"); });
    expect_data_error("cat.jpg", "damaged", [] { decode_jpeg("", "cat.jpg"); });
}

}  // namespace
}  // namespace dsqbench
