#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "suite/core/hash.h"
#include "suite/data/dataset.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

DataRequest synthetic_request() {
    DataRequest request;
    request.name = "synthetic";
    request.options.synthetic_train_images = 100;
    request.options.synthetic_test_images = 40;
    request.options.synthetic_shape = {3, 4, 4};
    return request;
}

DataRequest held_out_request() {
    DataRequest request = synthetic_request();
    request.validation_images = 30;
    request.evaluate_on = DataRequest::EvaluateOn::validation;
    return request;
}

TEST(Splits, all_images_in_order_by_default) {
    const DataSplits splits = open_splits(synthetic_request());
    ASSERT_EQ(splits.train.size(), 100u);
    ASSERT_EQ(splits.evaluation.size(), 40u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(splits.train[i], i);
    EXPECT_EQ(splits.evaluation_source->size(), 40);
}

TEST(Splits, held_out_images_are_never_trained_on) {
    const DataSplits splits = open_splits(held_out_request());
    EXPECT_EQ(splits.train_source, splits.evaluation_source);
    std::set<std::int64_t> all(splits.train.begin(), splits.train.end());
    all.insert(splits.evaluation.begin(), splits.evaluation.end());
    EXPECT_EQ(splits.train.size(), 70u);
    EXPECT_EQ(splits.evaluation.size(), 30u);
    EXPECT_EQ(all.size(), 100u);
}

TEST(Splits, images_stay_held_out_when_the_test_set_is_measured) {
    DataRequest request = held_out_request();
    const auto while_choosing = open_splits(request).train;
    request.evaluate_on = DataRequest::EvaluateOn::test;
    EXPECT_EQ(open_splits(request).train, while_choosing);
    EXPECT_EQ(open_splits(request).evaluation.size(), 40u);
}

TEST(Splits, depend_on_the_split_seed_alone) {
    DataRequest request = held_out_request();
    EXPECT_EQ(open_splits(request).evaluation, open_splits(request).evaluation);
    DataRequest reseeded = request;
    reseeded.split_seed = 1;
    EXPECT_NE(open_splits(request).evaluation, open_splits(reseeded).evaluation);
}

TEST(Splits, subset_is_drawn_after_the_held_out_images) {
    DataRequest request = held_out_request();
    const DataSplits whole = open_splits(request);
    request.train_images = 20;
    const DataSplits subset = open_splits(request);
    EXPECT_EQ(subset.evaluation, whole.evaluation);
    EXPECT_EQ(subset.train.size(), 20u);
    EXPECT_TRUE(std::includes(whole.train.begin(), whole.train.end(), subset.train.begin(), subset.train.end()));
    EXPECT_FALSE(std::equal(subset.train.begin(), subset.train.end(), whole.train.begin()));
}

TEST(Splits, one_value_of_mean_and_spread_stands_for_all_channels) {
    DataRequest request = synthetic_request();
    EXPECT_EQ(open_splits(request).mean.size(), 3u);
    request.mean = {0.1, 0.2, 0.3};
    request.standard_deviation = {0.4};
    EXPECT_THAT(open_splits(request).mean, ElementsAre(0.1, 0.2, 0.3));
    EXPECT_THAT(open_splits(request).standard_deviation, ElementsAre(0.4, 0.4, 0.4));
}

TEST(Splits, fingerprint_covers_both_sources) {
    const DataSplits splits = open_splits(synthetic_request());
    EXPECT_EQ(splits.fingerprint,
              sha256_hex(splits.train_source->fingerprint() + splits.evaluation_source->fingerprint()));
    DataRequest other_test = synthetic_request();
    other_test.options.synthetic_test_images = 41;
    EXPECT_NE(open_splits(other_test).fingerprint, splits.fingerprint);
}

TEST(Splits, requests_that_the_set_cannot_meet_are_errors_of_the_recipe) {
    const auto expect_refusal = [](const std::string& words, auto change) {
        DataRequest request = synthetic_request();
        change(request);
        expect_error(ExitCode::recipe, "", words, [&] { open_splits(request); });
    };
    expect_refusal("unknown data set 'synthetics'; did you mean 'synthetic'?", [](auto& r) { r.name = "synthetics"; });
    expect_refusal("has 100 training images: too few to hold out 0 and train on 101",
                   [](auto& r) { r.train_images = 101; });
    expect_refusal("too few to hold out 100 and train on the others", [](auto& r) { r.validation_images = 100; });
    expect_refusal("too few", [](auto& r) { r.validation_images = 50, r.train_images = 51; });
    expect_refusal("negative", [](auto& r) { r.validation_images = -1; });
    expect_refusal("no images are held out", [](auto& r) { r.evaluate_on = DataRequest::EvaluateOn::validation; });
    expect_refusal("2 values given for images of 3 channels", [](auto& r) { r.mean = {0.5, 0.5}; });
    expect_refusal("0 is not a standard deviation", [](auto& r) { r.standard_deviation = {0}; });
}

TEST(Splits, set_without_known_mean_asks_for_one) {
    const TemporaryFolder root;
    for (const char* name : {"train/a/1.png", "test/a/1.png"}) write_file(root / name, rgb_png_bytes(2, 2, 1, 2, 3));
    DataRequest request;
    request.name = "image-folder";
    request.data_root = root.path();
    expect_error(ExitCode::recipe, "augment.mean", "data check", [&] { open_splits(request); });
    request.mean = request.standard_deviation = {0.5};
    EXPECT_EQ(open_splits(request).train.size(), 1u);
}

}  // namespace
}  // namespace dsqbench
