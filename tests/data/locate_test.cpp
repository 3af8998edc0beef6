#include <gmock/gmock.h>

#include "suite/data/dataset.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

TEST(Locate, every_data_set_is_registered) {
    EXPECT_THAT(
        Registry<DatasetEntry>::instance().names(),
        testing::ElementsAre("cifar10", "cifar100", "fashion-mnist", "image-folder", "imagenet", "mnist", "synthetic"));
}

TEST(Locate, own_folder_under_the_data_root_comes_first) {
    const TemporaryFolder root;
    write_file(root / "train-images-idx3-ubyte.gz", "");
    EXPECT_EQ(find_dataset("mnist", root.path()), root.path());
    write_file(root / "mnist/train-images-idx3-ubyte", "");
    EXPECT_EQ(find_dataset("mnist", root.path()), root.path() / "mnist");
}

TEST(Locate, folder_of_image_folders_holds_cifar10) {
    const TemporaryFolder root;
    write_file(root / "train/airplane/1.jpg", "");
    EXPECT_EQ(find_dataset("cifar10", root.path()), root.path());
    EXPECT_EQ(find_dataset("image-folder", root.path()), root.path());
}

TEST(Locate, missing_set_names_each_place_and_the_command) {
    const TemporaryFolder root;
    const std::string places = (root.path() / "cifar-10-batches-bin").string() + ", " + root.path().string();
    expect_data_error("", "'cifar10' not found: looked in " + places, [&] { find_dataset("cifar10", root.path()); });
    expect_data_error("", "cifar-10-binary.tar.gz", [&] { find_dataset("cifar10", root.path()); });
    expect_data_error("", "no --data-root was given", [] { find_dataset("cifar10", {}); });
}

TEST(Locate, packaged_folder_is_named_too) {
    const auto& entry = Registry<DatasetEntry>::instance().find("fashion-mnist");
    EXPECT_THAT(entry.system_folders, testing::Contains("/usr/share/datasets/fashion-mnist"));
    EXPECT_EQ(entry.how_to_get, "apt-get install dataset-fashion-mnist");
}

TEST(Locate, synthetic_set_needs_no_folder) {
    EXPECT_EQ(find_dataset("synthetic", {}), "");
}

TEST(Locate, unknown_name_is_answered_with_a_near_one) {
    expect_error(ExitCode::usage, "", "cifar10", [] { find_dataset("cifar-10", {}); });
}

}  // namespace
}  // namespace dsqbench
