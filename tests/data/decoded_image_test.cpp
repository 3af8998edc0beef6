#include "suite/data/decoded_image.h"

#include <gtest/gtest.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

TEST(DecodedImage, format_is_told_by_the_first_bytes) {
    EXPECT_EQ(decode_image(jpeg_bytes({4, 3, 1, {9}}), "named.png").shape, (ImageShape{3, 3, 4}));
    EXPECT_EQ(decode_image(rgb_png_bytes(4, 3, 1, 2, 3), "named.jpg").shape, (ImageShape{3, 3, 4}));
}

TEST(DecodedImage, of_a_png_may_be_an_excerpt) {
    const DecodedImage part = decode_image(rgb_png_bytes(9, 7, 1, 2, 3), "f", {[](const ImageShape&) {
                                               return Excerpt{2, 3, 100, 5, 4};
                                           }});
    EXPECT_EQ(part.shape, (ImageShape{3, 2, 7}));
    EXPECT_EQ(part.whole, (ImageShape{3, 7, 9}));
    EXPECT_EQ(part.left, 2);
    EXPECT_EQ(part.pixels[2 * 2 * 7], 3);
}

TEST(DecodedImage, file_of_zero_bytes_is_an_error) {
    expect_data_error("cat.jpg", "the image file is empty", [] { decode_image("", "cat.jpg"); });
}

TEST(DecodedImage, another_format_is_an_error) {
    expect_data_error("cat.jpg", "neither a JPEG nor a PNG", [] { decode_image("GIF89a", "cat.jpg"); });
}

TEST(DecodedImage, size_must_be_positive_and_bounded) {
    check_image_size(1, 8192, "f");
    expect_data_error("f", "0 x 5", [] { check_image_size(0, 5, "f"); });
    expect_data_error("f", "5 x 8193", [] { check_image_size(5, 8193, "f"); });
}

}  // namespace
}  // namespace dsqbench
