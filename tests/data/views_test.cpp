#include "suite/data/views.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

TEST(RandomCrop, stays_in_the_image_and_keeps_to_area_and_ratio) {
    const ViewOptions options;
    Random random(1);
    double smallest = 1, largest = 0;
    for (int i = 0; i < 2000; ++i) {
        const Box box = random_crop(500, 375, options, random);
        EXPECT_GE(box.left, 0);
        EXPECT_GE(box.top, 0);
        EXPECT_LE(box.left + box.width, 500);
        EXPECT_LE(box.top + box.height, 375);
        const double ratio = box.width / box.height, area = box.width * box.height / (500 * 375);
        EXPECT_GT(ratio, 0.75 * 0.98);
        EXPECT_LT(ratio, 4.0 / 3 * 1.02);
        smallest = std::min(smallest, area);
        largest = std::max(largest, area);
    }
    EXPECT_LT(smallest, 0.1);
    EXPECT_GT(smallest, 0.078);
    EXPECT_GT(largest, 0.95);
}

TEST(RandomCrop, of_a_ribbon_is_the_largest_in_the_middle) {
    ViewOptions options;
    options.smallest_area = 0.9;  // nothing of 3:4 to 4:3 covers so much of it
    Random random(1);
    const Box wide = random_crop(1000, 30, options, random), tall = random_crop(30, 1000, options, random);
    EXPECT_EQ(wide.width, 40);
    EXPECT_EQ(wide.left, 480);
    EXPECT_EQ(tall.height, 40);
    EXPECT_EQ(tall.top, 480);
}

TEST(RandomCrop, of_a_pixel_is_the_pixel) {
    Random random(1);
    const Box box = random_crop(1, 1, {}, random);
    EXPECT_EQ(box.width, 1);
    EXPECT_EQ(box.height, 1);
}

// torchvision: Resize(256) makes 500x375 341x256, CenterCrop(224) begins at (58.5 -> 58, 16).
TEST(CentreCrop, is_torchvisions_resize_and_centre_crop) {
    const Box box = centre_crop(500, 375, {});
    EXPECT_DOUBLE_EQ(box.left, 58 * 500.0 / 341);
    EXPECT_DOUBLE_EQ(box.top, 16 * 375.0 / 256);
    EXPECT_DOUBLE_EQ(box.width, 224 * 500.0 / 341);
    EXPECT_DOUBLE_EQ(box.height, 224 * 375.0 / 256);
    const Box small = centre_crop(32, 32, {});
    EXPECT_DOUBLE_EQ(small.left, 2);
    EXPECT_DOUBLE_EQ(small.width, 28);
}

TEST(Reduction, leaves_at_least_the_views_pixels) {
    EXPECT_EQ(reduction_for({0, 0, 223, 500}, 224), 1);
    EXPECT_EQ(reduction_for({0, 0, 447, 448}, 224), 1);
    EXPECT_EQ(reduction_for({0, 0, 448, 448}, 224), 2);
    EXPECT_EQ(reduction_for({0, 0, 5000, 900}, 224), 4);
    EXPECT_EQ(reduction_for({0, 0, 5000, 5000}, 224), 8);
}

std::vector<std::uint8_t> evaluated(const std::string& bytes, int size) {
    ViewOptions options;
    options.size = size;
    options.resize = size * 8 / 7;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(3 * size * size));
    evaluation_view(bytes, "f", options, pixels.data());
    return pixels;
}

TEST(Views, of_a_flat_colour_have_that_colour_however_they_are_decoded) {
    for (const int side : {5, 64, 300, 1000}) {
        const auto pixels = evaluated(jpeg_bytes({side, side + 9, 3, {230, 120, 20}}), 28);
        for (std::size_t i = 0; i < pixels.size(); ++i) {
            const int expected[] = {230, 120, 20};
            ASSERT_LE(std::abs(pixels[i] - expected[i / (28 * 28)]), 2) << side;
        }
    }
}

TEST(Views, take_grey_and_cmyk_files_and_png_files_with_any_name) {
    EXPECT_NEAR(evaluated(jpeg_bytes({40, 40, 1, {77}}), 28)[0], 77, 2);
    EXPECT_NEAR(evaluated(jpeg_bytes({40, 40, 4, {255, 0, 0, 255}, true}), 28)[0], 255, 2);
    EXPECT_EQ(evaluated(rgb_png_bytes(40, 40, 12, 0, 0), 28)[0], 12);
}

TEST(Views, of_a_truncated_file_are_an_error_that_names_it_or_come_with_a_complaint) {
    const std::string whole = jpeg_bytes({40, 40, 3, {1, 2, 3}}), part = whole.substr(0, whole.size() - 10);
    std::vector<std::uint8_t> pixels(3 * 224 * 224);
    Random random(1);
    ViewOptions options;
    options.smallest_area = 1;  // what a crop leaves out is not looked at
    expect_data_error("cat.JPEG", "damaged JPEG file",
                      [&] { training_view(part, "cat.JPEG", options, random, pixels.data()); });
    options.damaged = DamagedImages::filled;
    EXPECT_NE(training_view(part, "cat.JPEG", options, random, pixels.data()), "");
    EXPECT_EQ(training_view(whole, "cat.JPEG", options, random, pixels.data()), "");
}

TEST(Views, for_training_are_the_same_for_the_same_stream) {
    const std::string file = jpeg_bytes({300, 200, 3, {10, 200, 90}});
    ViewOptions options;
    options.color_jitter = 0.4;
    const auto view = [&](std::uint64_t seed) {
        std::vector<std::uint8_t> pixels(3 * 224 * 224);
        Random random(seed);
        training_view(file, "f", options, random, pixels.data());
        return pixels;
    };
    EXPECT_EQ(view(3), view(3));
    EXPECT_NE(view(3), view(4));
}

TEST(ColorJitter, of_no_strength_changes_nothing) {
    std::vector<std::uint8_t> pixels{10, 200, 30, 40, 50, 60};
    const auto before = pixels;
    Random random(5);
    jitter_colors(pixels.data(), 2, 0, random);
    EXPECT_EQ(pixels, before);
}

TEST(ColorJitter, leaves_grey_images_grey) {
    Random random(5);
    for (int i = 0; i < 50; ++i) {
        std::vector<std::uint8_t> pixels{10, 200, 10, 200, 10, 200};
        jitter_colors(pixels.data(), 2, 0.5, random);
        for (std::size_t area = 2, p = 0; p < area; ++p) {
            EXPECT_NEAR(pixels[p], pixels[area + p], 1);
            EXPECT_NEAR(pixels[p], pixels[2 * area + p], 1);
        }
        EXPECT_LE(pixels[0], pixels[1]) << "an order that no factor turns round";
    }
}

}  // namespace
}  // namespace dsqbench
