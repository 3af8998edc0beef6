#include <gtest/gtest.h>

#include <numeric>

#include "suite/data/dataset.h"
#include "suite/data/statistics.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

std::shared_ptr<const Dataset> open(const DatasetOptions& options, Split split = Split::train) {
    return Registry<DatasetEntry>::instance().find("synthetic").open(options, {}, split);
}

std::vector<double> pixels_of(const Dataset& set, std::int64_t index) {
    std::vector<std::uint8_t> bytes(set.shape().bytes());
    set.image(index, bytes.data());
    return {bytes.begin(), bytes.end()};
}

double squared_distance(const std::vector<double>& a, const std::vector<double>& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                              [](double x, double y) { return (x - y) * (x - y); });
}

// Adds up the images of each class: the direction of its mean image, as classes are equally frequent.
std::vector<std::vector<double>> class_means(const Dataset& set) {
    std::vector<std::vector<double>> means(set.classes(), std::vector<double>(set.shape().bytes()));
    for (std::int64_t i = 0; i < set.size(); ++i) {
        const auto pixels = pixels_of(set, i);
        auto& mean = means[set.label(i)];
        for (std::size_t k = 0; k < pixels.size(); ++k)
            mean[k] += pixels[k] * set.classes() / static_cast<double>(set.size());
    }
    return means;
}

int nearest(const std::vector<std::vector<double>>& means, const std::vector<double>& pixels) {
    int best = 0;
    for (int label = 1; label < static_cast<int>(means.size()); ++label)
        if (squared_distance(means[label], pixels) < squared_distance(means[best], pixels)) best = label;
    return best;
}

TEST(Synthetic, has_what_the_options_say) {
    DatasetOptions options;
    options.synthetic_train_images = 30;
    options.synthetic_test_images = 20;
    options.synthetic_classes = 3;
    options.synthetic_shape = {1, 8, 12};
    const auto train = open(options), test = open(options, Split::test);
    EXPECT_EQ(train->size(), 30);
    EXPECT_EQ(test->size(), 20);
    EXPECT_EQ(train->classes(), 3);
    EXPECT_EQ(train->shape(), (ImageShape{1, 8, 12}));
    EXPECT_EQ(measure(*train).images_per_class, (std::vector<std::int64_t>{10, 10, 10}));
}

// The bytes are integers from SplitMix64 and SHA-256 alone; a second program, in Python, gave the same value. A change
// of it changes what every test recipe trains on.
TEST(Synthetic, is_the_same_on_every_platform) {
    DatasetOptions options;
    options.synthetic_train_images = 100;
    EXPECT_EQ(open(options)->fingerprint(), "b1960227652568f790ec3e9578c17aaeee9c3cbc570dc39f9be93b074bbfe3b9");
}

TEST(Synthetic, seed_and_split_change_the_images) {
    DatasetOptions options;
    options.synthetic_train_images = options.synthetic_test_images = 20;
    DatasetOptions reseeded = options;
    reseeded.synthetic_seed = 1;
    EXPECT_EQ(open(options)->fingerprint(), open(options)->fingerprint());
    EXPECT_NE(open(options)->fingerprint(), open(reseeded)->fingerprint());
    EXPECT_NE(open(options)->fingerprint(), open(options, Split::test)->fingerprint());
}

TEST(Synthetic, test_images_are_told_by_the_mean_of_the_training_images) {
    DatasetOptions options;
    options.synthetic_shape = {3, 16, 16};
    const auto train = open(options), test = open(options, Split::test);
    const auto means = class_means(*train);
    int correct = 0;
    for (std::int64_t i = 0; i < test->size(); ++i) correct += nearest(means, pixels_of(*test, i)) == test->label(i);
    EXPECT_GT(correct, test->size() * 9 / 10);
}

TEST(Synthetic, one_pixel_does_not_tell_the_class) {
    DatasetOptions options;
    options.synthetic_shape = {1, 1, 1};
    const auto train = open(options), test = open(options, Split::test);
    const auto means = class_means(*train);
    int correct = 0;
    for (std::int64_t i = 0; i < test->size(); ++i) correct += nearest(means, pixels_of(*test, i)) == test->label(i);
    EXPECT_LT(correct, test->size() / 2);
}

TEST(Synthetic, registered_mean_and_spread_are_near_the_measured_ones) {
    const DatasetEntry& entry = Registry<DatasetEntry>::instance().find("synthetic");
    const DatasetStatistics statistics = measure(*open({}));
    for (int channel = 0; channel < 3; ++channel) {
        EXPECT_NEAR(statistics.mean[channel], entry.mean.front(), 0.05);
        EXPECT_NEAR(statistics.standard_deviation[channel], entry.standard_deviation.front(), 0.05);
    }
}

TEST(Synthetic, impossible_sets_are_refused) {
    DatasetOptions none, huge;
    none.synthetic_classes = 0;
    huge.synthetic_train_images = std::int64_t{1} << 62;
    expect_error(ExitCode::recipe, "", "in 0 classes", [&] { open(none); });
    expect_error(ExitCode::recipe, "", "at most 4 GiB", [&] { open(huge); });
}

}  // namespace
}  // namespace dsqbench
