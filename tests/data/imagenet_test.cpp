// The data set `imagenet`: images of any size, decoded when they are read.
#include <gtest/gtest.h>

#include "suite/data/dataset.h"
#include "suite/data/loader.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

void write_set(const TemporaryFolder& folder) {
    for (int i = 0; i < 6; ++i) {
        const auto red = static_cast<std::uint8_t>(40 * i);
        write_file(folder / ("train/n0" + std::to_string(i % 2) + "/" + std::to_string(i) + ".JPEG"),
                   jpeg_bytes({60 + 10 * i, 50, 3, {red, 200, 9}}));
    }
    write_file(folder / "val/n00/a.JPEG", jpeg_bytes({80, 80, 1, {50}}));
    write_file(folder / "val/n01/b.JPEG", rgb_png_bytes(90, 70, 1, 2, 3));  // ImageNet has such names
}

std::shared_ptr<const Dataset> open(const TemporaryFolder& folder, Split split) {
    DatasetOptions options;
    options.view.size = 32;
    options.view.resize = 36;
    return Registry<DatasetEntry>::instance().find("imagenet").open(options, folder.path(), split);
}

std::vector<std::uint8_t> pixels_of(const Dataset& set, std::int64_t index) {
    std::vector<std::uint8_t> pixels(set.shape().bytes());
    set.image(index, pixels.data());
    return pixels;
}

TEST(ImageNet, is_a_folder_a_class_with_images_of_any_size_and_format) {
    const TemporaryFolder folder;
    write_set(folder);
    const auto train = open(folder, Split::train), test = open(folder, Split::test);
    EXPECT_EQ(train->size(), 6);
    EXPECT_EQ(train->classes(), 2);
    EXPECT_EQ(train->shape(), (ImageShape{3, 32, 32}));
    EXPECT_EQ(train->label(2), 0);
    EXPECT_EQ(train->label(3), 1);
    EXPECT_NEAR(pixels_of(*test, 0)[0], 50, 2);
    EXPECT_EQ(pixels_of(*test, 1)[0], 1);
}

TEST(ImageNet, is_known_by_its_names) {
    const TemporaryFolder folder;
    write_set(folder);
    const std::string before = open(folder, Split::train)->fingerprint();
    EXPECT_NE(before, open(folder, Split::test)->fingerprint());
    std::filesystem::rename(folder / "train/n00/0.JPEG", folder / "train/n00/00.JPEG");
    EXPECT_NE(before, open(folder, Split::train)->fingerprint());
}

TEST(ImageNet, names_the_file_that_is_damaged_and_only_when_it_is_read) {
    const TemporaryFolder folder;
    write_set(folder);
    write_file(folder / "train/n00/0.JPEG", "");
    const auto train = open(folder, Split::train);
    EXPECT_NO_THROW(pixels_of(*train, 1));
    expect_data_error("0.JPEG", "the image file is empty", [&] { pixels_of(*train, 0); });
}

TEST(ImageNet, without_class_folders_says_what_is_wrong) {
    const TemporaryFolder folder;
    write_set(folder);
    std::filesystem::remove_all(folder / "val");
    write_file(folder / "val/ILSVRC2012_val_00000001.JPEG", "x");
    expect_data_error("val", "holds no class folders", [&] { open(folder, Split::test); });
}

at::Tensor first_batch(const std::shared_ptr<const Dataset>& set, bool views, int threads) {
    LoaderOptions options;
    options.batch_size = 6;
    options.augmentation.mean = options.augmentation.standard_deviation = {0.5, 0.5, 0.5};
    options.augmentation.views = views;
    options.threads = threads;
    Loader loader(set, {0, 1, 2, 3, 4, 5}, options);
    loader.start(0);
    return loader.next()->images;
}

TEST(ImageNet, gives_training_random_crops_whatever_the_number_of_threads) {
    const TemporaryFolder folder;
    for (int i = 0; i < 6; ++i)
        write_file(folder / ("train/a/" + std::to_string(i) + ".png"), rgb_png_bytes(90, 70, 10 * i, 2, 3));
    write_set(folder);
    std::filesystem::remove_all(folder / "val");
    write_file(folder / "val/a/a.png", rgb_png_bytes(90, 70, 1, 2, 3));
    write_file(folder / "val/n00/a.png", rgb_png_bytes(90, 70, 1, 2, 3));
    write_file(folder / "val/n01/a.png", rgb_png_bytes(90, 70, 1, 2, 3));
    const auto train = open(folder, Split::train);
    EXPECT_TRUE(at::equal(first_batch(train, true, 1), first_batch(train, true, 3)));
    EXPECT_TRUE(at::equal(first_batch(train, false, 1), first_batch(train, false, 2)));
}

}  // namespace
}  // namespace dsqbench
