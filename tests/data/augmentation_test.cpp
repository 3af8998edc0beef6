#include "suite/data/augmentation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

// 1 .. 6 in a 2x3 image, and a normalisation that leaves pixels as they are.
const std::vector<std::uint8_t> six{1, 2, 3, 4, 5, 6};
const ImageShape six_shape{1, 2, 3};
const std::vector<double> zero{0}, one_255th{1 / 255.0};

std::vector<int> augmented(const Augmentation& augmentation, Random& random) {
    std::vector<float> values(six.size());
    augmentation.apply(six.data(), six_shape, random, values.data());
    std::vector<int> pixels;
    for (const float value : values) pixels.push_back(static_cast<int>(value + 0.5f));
    return pixels;
}

std::set<std::vector<int>> outcomes(const Augmentation& augmentation) {
    Random random(1);
    std::set<std::vector<int>> seen;
    for (int i = 0; i < 500; ++i) seen.insert(augmented(augmentation, random));
    return seen;
}

TEST(Augmentation, normalises_each_channel) {
    const Augmentation augmentation{0, false, {0.5, 0.2}, {0.25, 0.1}};
    const std::uint8_t pixels[] = {255, 51};
    float values[2];
    Random random(0);
    augmentation.apply(pixels, {2, 1, 1}, random, values);
    EXPECT_FLOAT_EQ(values[0], 2.0f);
    EXPECT_NEAR(values[1], 0.0f, 1e-7f);
}

TEST(Augmentation, deterministic_form_draws_nothing) {
    const Augmentation augmentation{2, true, zero, one_255th};
    Random random(7), untouched(7);
    EXPECT_THAT(augmented(augmentation.deterministic(), random), testing::ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_EQ(random.next(), untouched.next());
}

TEST(Augmentation, flip_mirrors_left_and_right_or_not) {
    EXPECT_THAT(outcomes({0, true, zero, one_255th}),
                testing::UnorderedElementsAre(std::vector<int>{1, 2, 3, 4, 5, 6}, std::vector<int>{3, 2, 1, 6, 5, 4}));
}

TEST(Augmentation, crop_takes_every_position_of_the_padded_image) {
    const auto seen = outcomes({1, false, zero, one_255th});
    EXPECT_EQ(seen.size(), 9u);
    EXPECT_TRUE(seen.count({0, 0, 0, 0, 1, 2}));  // up and left
    EXPECT_TRUE(seen.count({5, 6, 0, 0, 0, 0}));  // down and right
}

TEST(Augmentation, crop_and_flip_combine) {
    EXPECT_EQ(outcomes({1, true, zero, one_255th}).size(), 18u);
}

TEST(Augmentation, padding_is_black_before_normalisation) {
    const Augmentation augmentation{40, false, {0.5}, {0.25}};
    std::vector<float> values(six.size());
    Random random(3);  // of 81 positions a side, 3 to 5 leave some of the image in the crop
    augmentation.apply(six.data(), six_shape, random, values.data());
    EXPECT_THAT(values, testing::Each(-2.0f));
}

TEST(Augmentation, prepared_form_gives_the_same_bits) {
    for (const auto& shape : {ImageShape{3, 5, 7}, ImageShape{1, 1, 1}, ImageShape{2, 8, 4}}) {
        std::vector<std::uint8_t> pixels(shape.bytes());
        Random noise(5);
        for (auto& pixel : pixels) pixel = static_cast<std::uint8_t>(noise.below(256));
        std::vector<double> mean{0.4914, 0.4822, 0.4465}, spread{0.2470, 0.2435, 0.2616};
        mean.resize(shape.channels);
        spread.resize(shape.channels);
        for (const int pad : {0, 1, 4, 9}) {
            const Augmentation augmentation{pad, true, mean, spread};
            const PreparedAugmentation prepared(augmentation, shape);
            Random random(11), same(11);
            for (int i = 0; i < 100; ++i) {
                std::vector<float> expected(shape.bytes()), values(shape.bytes());
                augmentation.apply(pixels.data(), shape, random, expected.data());
                prepared.apply(pixels.data(), same, values.data());
                ASSERT_EQ(values, expected) << "pad " << pad << ", image " << i;
            }
        }
    }
}

TEST(Augmentation, needs_a_mean_and_a_positive_spread_a_channel) {
    const auto prepare = [](const Augmentation& augmentation) { PreparedAugmentation(augmentation, {3, 4, 4}); };
    expect_error(ExitCode::recipe, "augment", "3 means", [&] { prepare({0, false, {0.5}, {0.5}}); });
    expect_error(ExitCode::recipe, "augment", "3 means", [&] { prepare({0, false, {0, 0, 0}, {1, 0, 1}}); });
    expect_error(ExitCode::recipe, "augment.pad", "negative", [&] { prepare({-1, false, {0, 0, 0}, {1, 1, 1}}); });
}

}  // namespace
}  // namespace dsqbench
