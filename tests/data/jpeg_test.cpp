#include "suite/data/jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "suite/core/random.h"
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

// A texture of many colours, for the parts of an image that must be those of the whole.
JpegContent texture(int width, int height, int components) {
    JpegContent content{width, height, components, {}};
    Random random(1);
    for (int i = 0; i < 7919; ++i) content.fill.push_back(static_cast<std::uint8_t>(random.below(256)));
    return content;
}

TEST(Jpeg, an_excerpt_has_the_pixels_of_the_whole) {
    Random random(2);
    for (const int components : {1, 3, 4}) {
        const std::string file = jpeg_bytes(texture(203, 151, components));
        for (const int reduction : {1, 2, 4, 8}) {
            const DecodedImage whole = decode_jpeg(file, "f", {[&](const ImageShape&) {
                                                       Excerpt all;
                                                       all.reduction = reduction;
                                                       return all;
                                                   }});
            EXPECT_EQ(whole.shape, whole.whole);
            for (int i = 0; i < 60; ++i) {
                Excerpt wanted;
                wanted.reduction = reduction;
                wanted.left = static_cast<int>(random.below(203));
                wanted.top = static_cast<int>(random.below(151));
                wanted.right = wanted.left + 1 + static_cast<int>(random.below(203));  // perhaps beyond the image
                wanted.bottom = wanted.top + 1 + static_cast<int>(random.below(151));
                const DecodedImage part = decode_jpeg(file, "f", {[&](const ImageShape&) { return wanted; }});
                ASSERT_LE(part.left * 203, wanted.left * whole.shape.width);
                ASSERT_GE((part.left + part.shape.width) * 203, std::min(wanted.right, 203) * whole.shape.width);
                for (int c = 0; c < 3; ++c)
                    for (int y = 0; y < part.shape.height; ++y)
                        for (int x = 0; x < part.shape.width; ++x)
                            ASSERT_EQ(part.pixels[(c * part.shape.height + y) * part.shape.width + x],
                                      whole.pixels[(c * whole.shape.height + part.top + y) * whole.shape.width +
                                                   part.left + x])
                                << components << " components, 1/" << reduction << ", " << part.left + x << ", "
                                << part.top + y;
            }
        }
    }
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
