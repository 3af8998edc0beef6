#include "suite/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>

#include "suite/core/error.h"
#include "suite/data/memory_dataset.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

constexpr int image_count = 50;

// Image i is filled with i and has label i.
LabelledImages numbered_images() {
    LabelledImages images{{2, 4, 3}, image_count, {}, {}, "test"};
    for (int i = 0; i < image_count; ++i) {
        images.pixels.insert(images.pixels.end(), images.shape.bytes(), static_cast<std::uint8_t>(i));
        images.labels.push_back(i);
    }
    return images;
}

std::vector<std::int64_t> all_indices() {
    std::vector<std::int64_t> indices(image_count);
    std::iota(indices.begin(), indices.end(), 0);
    return indices;
}

LoaderOptions options_with(int threads) {
    LoaderOptions options;
    options.batch_size = 8;
    options.augmentation = {1, true, {0.5, 0.5}, {0.25, 0.25}};
    options.seed = 3;
    options.threads = threads;
    return options;
}

Loader loader_with(const LoaderOptions& options) {
    return Loader(std::make_shared<MemoryDataset>(numbered_images()), all_indices(), options);
}

std::vector<Batch> rest_of_epoch(Loader& loader) {
    std::vector<Batch> batches;
    while (auto batch = loader.next()) batches.push_back(*batch);
    return batches;
}

std::vector<Batch> epoch_of(const LoaderOptions& options, std::uint64_t epoch, std::int64_t first_batch = 0) {
    Loader loader = loader_with(options);
    loader.start(epoch, first_batch);
    return rest_of_epoch(loader);
}

std::vector<std::int64_t> labels_of(const std::vector<Batch>& batches) {
    std::vector<std::int64_t> labels;
    for (const Batch& batch : batches) {
        const auto* first = batch.labels.data_ptr<std::int64_t>();
        labels.insert(labels.end(), first, first + batch.labels.numel());
    }
    return labels;
}

void expect_same(const std::vector<Batch>& a, const std::vector<Batch>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_TRUE(at::equal(a[i].images, b[i].images)) << "batch " << i;
        EXPECT_TRUE(at::equal(a[i].labels, b[i].labels)) << "batch " << i;
    }
}

TEST(Loader, one_epoch_holds_every_image_once) {
    const auto batches = epoch_of(options_with(2), 0);
    ASSERT_EQ(batches.size(), 7u);
    EXPECT_EQ(batches.front().images.sizes(), (at::IntArrayRef{8, 2, 4, 3}));
    EXPECT_EQ(batches.back().images.size(0), 2);
    auto labels = labels_of(batches);
    EXPECT_FALSE(std::is_sorted(labels.begin(), labels.end()));
    std::sort(labels.begin(), labels.end());
    EXPECT_EQ(labels, all_indices());
}

TEST(Loader, batches_do_not_depend_on_the_number_of_threads) {
    const auto one = epoch_of(options_with(1), 4);
    for (const int threads : {2, 3, 8}) expect_same(epoch_of(options_with(threads), 4), one);
}

TEST(Loader, batches_do_not_depend_on_the_length_of_the_queue) {
    LoaderOptions options = options_with(3);
    const auto usual = epoch_of(options, 0);
    for (const int ahead : {1, 100}) {
        options.batches_ahead = ahead;
        expect_same(epoch_of(options, 0), usual);
    }
}

TEST(Loader, restarts_at_any_batch) {
    const auto whole = epoch_of(options_with(2), 1);
    for (std::size_t first = 0; first <= whole.size(); ++first)
        expect_same(epoch_of(options_with(2), 1, static_cast<std::int64_t>(first)),
                    {whole.begin() + first, whole.end()});
}

TEST(Loader, parts_make_up_every_batch) {
    const auto whole = epoch_of(options_with(1), 2);
    for (const int parts : {2, 3, 5}) {  // the last batch has 2 images
        std::vector<std::vector<Batch>> by_part;
        for (int part = 0; part < parts; ++part) {
            LoaderOptions options = options_with(2);
            options.part = part;
            options.parts = parts;
            by_part.push_back(epoch_of(options, 2));
            ASSERT_EQ(by_part.back().size(), whole.size());
        }
        for (std::size_t i = 0; i < whole.size(); ++i) {
            std::vector<at::Tensor> images, labels;
            for (const auto& batches : by_part) {
                images.push_back(batches[i].images);
                labels.push_back(batches[i].labels);
            }
            expect_same({{at::cat(images), at::cat(labels)}}, {whole[i]});
        }
    }
}

TEST(Loader, epochs_and_seeds_differ_in_order_and_augmentation) {
    LoaderOptions reseeded = options_with(1);
    reseeded.seed = 4;
    const auto first = epoch_of(options_with(1), 0);
    EXPECT_NE(labels_of(first), labels_of(epoch_of(options_with(1), 1)));
    EXPECT_NE(labels_of(first), labels_of(epoch_of(reseeded, 0)));

    LoaderOptions in_order = options_with(1);
    in_order.order = LoaderOptions::Order::sequential;
    EXPECT_FALSE(at::equal(epoch_of(in_order, 0)[0].images, epoch_of(in_order, 1)[0].images));
}

TEST(Loader, starting_again_abandons_the_old_pass) {
    Loader loader = loader_with(options_with(3));
    loader.start(0);
    loader.next();
    loader.start(1);
    expect_same(rest_of_epoch(loader), epoch_of(options_with(1), 1));
    EXPECT_FALSE(loader.next());
}

TEST(Loader, in_order_without_augmentation_is_the_whole_data_set) {
    LoaderOptions options = options_with(2);
    options.last_batch = LoaderOptions::LastBatch::drop;
    const auto batches = epoch_of(options.in_order(), 9);
    EXPECT_EQ(labels_of(batches), all_indices());
    const at::Tensor expected = at::full({2, 4, 3}, (11 / 255.0 - 0.5) / 0.25, at::kFloat);
    EXPECT_TRUE(at::allclose(batches[1].images[3], expected));
}

TEST(Loader, short_last_batch_can_be_dropped) {
    LoaderOptions options = options_with(1);
    options.last_batch = LoaderOptions::LastBatch::drop;
    EXPECT_EQ(loader_with(options).batches_per_epoch(), 6);
    EXPECT_EQ(epoch_of(options, 0).size(), 6u);
    options.batch_size = 51;
    EXPECT_EQ(epoch_of(options, 0).size(), 0u);
}

TEST(Loader, subset_holds_only_its_images) {
    Loader loader(std::make_shared<MemoryDataset>(numbered_images()), {7, 3, 9}, options_with(2));
    loader.start(0);
    auto labels = labels_of(rest_of_epoch(loader));
    std::sort(labels.begin(), labels.end());
    EXPECT_EQ(labels, (std::vector<std::int64_t>{3, 7, 9}));
}

TEST(Loader, no_images_are_no_batches) {
    Loader loader(std::make_shared<MemoryDataset>(numbered_images()), {}, options_with(2));
    loader.start(0);
    EXPECT_EQ(loader.batches_per_epoch(), 0);
    EXPECT_FALSE(loader.next());
}

TEST(Loader, impossible_options_are_refused) {
    LoaderOptions no_threads = options_with(0), no_batch = options_with(1), no_queue = options_with(1);
    no_batch.batch_size = 0;
    no_queue.batches_ahead = 0;
    for (const auto& options : {no_threads, no_batch, no_queue})
        expect_error(ExitCode::usage, "", "at least 1", [&] { loader_with(options); });
    expect_error(ExitCode::failed, "", "image 50 of a data set of 50",
                 [] { Loader(std::make_shared<MemoryDataset>(numbered_images()), {50}, options_with(1)); });
}

// Fails at one image, counts the others.
class FailingDataset : public MemoryDataset {
public:
    explicit FailingDataset(std::int64_t bad) : MemoryDataset(numbered_images()), bad_(bad) {}
    void image(std::int64_t index, std::uint8_t* pixels) const override {
        if (index == bad_) throw Error(ExitCode::data, "cannot read image");
        ++read_;
        MemoryDataset::image(index, pixels);
    }
    int read() const { return read_; }

private:
    std::int64_t bad_;
    mutable std::atomic<int> read_{0};
};

TEST(Loader, error_of_a_worker_surfaces_at_its_batch_again_and_again) {
    LoaderOptions options = options_with(4);
    options.order = LoaderOptions::Order::sequential;
    Loader loader(std::make_shared<FailingDataset>(20), all_indices(), options);
    loader.start(0);
    EXPECT_TRUE(loader.next());
    EXPECT_TRUE(loader.next());
    expect_data_error("", "cannot read image", [&] { loader.next(); });
    expect_data_error("", "cannot read image", [&] { loader.next(); });
    loader.start(0, 3);
    EXPECT_EQ(rest_of_epoch(loader).size(), 4u);
}

TEST(Loader, never_runs_further_ahead_than_its_queue) {
    LoaderOptions options = options_with(4);
    options.batches_ahead = 2;
    const auto dataset = std::make_shared<FailingDataset>(-1);
    Loader loader(dataset, all_indices(), options);
    loader.start(0);
    loader.next();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_LE(dataset->read(), (1 + 2) * 8);
}

TEST(Loader, can_be_destroyed_at_any_moment) {
    for (int taken = 0; taken < 7; ++taken) {
        Loader loader = loader_with(options_with(8));
        loader.start(0);
        for (int i = 0; i < taken; ++i) loader.next();
    }
}

}  // namespace
}  // namespace dsqbench
