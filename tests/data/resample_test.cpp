#include "suite/data/resample.h"

#include <gtest/gtest.h>

#include "suite/core/hash.h"

namespace dsqbench {
namespace {

DecodedImage sample() {
    DecodedImage image{{3, 61, 97}, {}};
    for (int channel = 0; channel < 3; ++channel)
        for (int y = 0; y < 61; ++y)
            for (int x = 0; x < 97; ++x) {
                const int values[] = {x * x + 3 * y, 7 * x + y * y, x * y + 11};
                image.pixels.push_back(static_cast<std::uint8_t>(values[channel] % 256));
            }
    return image;
}

std::vector<std::uint8_t> resampled(const DecodedImage& image, const Box& box, int width, int height) {
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(3) * static_cast<std::size_t>(width * height));
    resample(image, box, width, height, pixels.data());
    return pixels;
}

std::string sha256_of(const std::vector<std::uint8_t>& pixels) {
    return sha256_hex({reinterpret_cast<const char*>(pixels.data()), pixels.size()});
}

// The hashes are those of Image.resize(size, BILINEAR, box) of Pillow 9.4 on the same image, planes one after another.
TEST(Resample, gives_pillows_bytes) {
    EXPECT_EQ(sha256_of(resampled(sample(), {0, 0, 97, 61}, 32, 32)),
              "a223329ae492f3a1a20596b13a1c5999d0ba7ce6e51ef8c820978b90ea28e7a4");
    EXPECT_EQ(sha256_of(resampled(sample(), {10, 5, 50, 40}, 64, 48)),
              "36a0c26ad7aa7c4600ccf63d42d4bbd02ac1b5ede97de3a208f6f857cbf74b7f");
    EXPECT_EQ(sha256_of(resampled(sample(), {3.5, 2.25, 87, 58.5}, 24, 40)),
              "dfc87bf24148210d030c59cd140ae53ac6f203d42c44a212583bf39debd6104d");
}

TEST(Resample, to_the_same_size_changes_nothing) {
    EXPECT_EQ(resampled(sample(), {0, 0, 97, 61}, 97, 61), sample().pixels);
}

TEST(Resample, takes_any_size_down_to_a_pixel) {
    const DecodedImage grey{{3, 1, 1}, {9, 8, 7}};
    EXPECT_EQ(resampled(grey, {0, 0, 1, 1}, 2, 1), (std::vector<std::uint8_t>{9, 9, 8, 8, 7, 7}));
    EXPECT_EQ(resampled(sample(), {0, 0, 97, 61}, 1, 1).size(), 3u);
    EXPECT_EQ(resampled(sample(), {96, 60, 1, 1}, 1, 1)[0], sample().pixels[60 * 97 + 96]);
}

}  // namespace
}  // namespace dsqbench
