#include "suite/data/image_folder.h"

#include <gmock/gmock.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

// Two classes, three training images and, under `test_name`, two test images.
void write_set(const TemporaryFolder& folder, const std::string& test_name) {
    write_file(folder / "train/dog/2.png", rgb_png_bytes(2, 2, 12, 0, 0));
    write_file(folder / "train/dog/10.PNG", rgb_png_bytes(2, 2, 110, 0, 0));
    write_file(folder / "train/cat/a.jpeg", jpeg_bytes({2, 2, 3, {200, 200, 200}}));
    write_file(folder / (test_name + "/cat/a.png"), rgb_png_bytes(2, 2, 1, 0, 0));
    write_file(folder / (test_name + "/dog/a.png"), rgb_png_bytes(2, 2, 2, 0, 0));
}

TEST(ImageFolder, classes_and_files_are_sorted_by_name) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    const LabelledImages set = read_image_folder(folder.path() / "train", {"cat", "dog"});
    EXPECT_THAT(set.labels, ElementsAre(0, 1, 1));
    EXPECT_EQ(set.pixels[12], 110);  // "10.PNG" before "2.png"
    EXPECT_EQ(set.pixels[24], 12);
}

TEST(ImageFolder, test_images_are_in_test_or_val) {
    const TemporaryFolder with_test, with_val;
    write_set(with_test, "test");
    write_set(with_val, "val");
    EXPECT_EQ(open_image_folder(with_test.path(), Split::test)->fingerprint(),
              open_image_folder(with_val.path(), Split::test)->fingerprint());
    std::filesystem::remove_all(with_val.path() / "val");
    expect_data_error(with_val.path(), "neither test/ nor val/",
                      [&] { open_image_folder(with_val.path(), Split::test); });
}

TEST(ImageFolder, other_and_hidden_files_are_left_out) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    const std::string before = open_image_folder(folder.path(), Split::train)->fingerprint();
    write_file(folder / "train/README.txt", "about these images");
    write_file(folder / "train/cat/Thumbs.db", "not an image");
    write_file(folder / "train/cat/._a.jpeg", "not an image");
    write_file(folder / "train/.cache/x.png", "not an image");
    EXPECT_EQ(open_image_folder(folder.path(), Split::train)->fingerprint(), before);
}

TEST(ImageFolder, damaged_image_is_named) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    write_file(folder / "train/dog/5.jpg", "");
    expect_data_error("train/dog/5.jpg", "empty", [&] { open_image_folder(folder.path(), Split::train); });
}

TEST(ImageFolder, image_of_another_size_is_named) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    write_file(folder / "train/dog/5.png", rgb_png_bytes(3, 2, 0, 0, 0));
    expect_data_error("train/dog/5.png", "is 2x3 where the first image is 2x2",
                      [&] { open_image_folder(folder.path(), Split::train); });
}

TEST(ImageFolder, splits_must_have_the_same_classes) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    write_file(folder / "train/ant/1.png", rgb_png_bytes(2, 2, 0, 0, 0));
    expect_data_error("test", "not those of train/", [&] { open_image_folder(folder.path(), Split::test); });
}

TEST(ImageFolder, class_without_images_is_an_error) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    std::filesystem::create_directory(folder.path() / "train" / "ant");
    expect_data_error("train/ant", "holds no .jpg", [&] { open_image_folder(folder.path(), Split::train); });
}

TEST(ImageFolder, folder_without_classes_is_an_error) {
    const TemporaryFolder folder;
    expect_data_error("train", "cannot list", [&] { open_image_folder(folder.path(), Split::train); });
    write_file(folder / "train/1.png", rgb_png_bytes(2, 2, 0, 0, 0));
    expect_data_error("train", "no class folders", [&] { open_image_folder(folder.path(), Split::train); });
}

TEST(ImageFolder, memory_is_bounded_before_the_second_image_is_read) {
    const TemporaryFolder folder;
    write_set(folder, "test");
    const std::size_t three_images = 3 * 12;
    EXPECT_EQ(read_image_folder(folder.path() / "train", {"cat", "dog"}, three_images).labels.size(), 3u);
    write_file(folder / "train/dog/10.PNG", "damaged, but never looked at");
    expect_data_error("train", "take 0 MiB of memory", [&] {
        read_image_folder(folder.path() / "train", {"cat", "dog"}, three_images - 1);
    });
}

}  // namespace
}  // namespace dsqbench
