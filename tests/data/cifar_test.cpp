#include "suite/data/cifar.h"

#include <gmock/gmock.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

std::string record(const std::string& labels, char red, char green, char blue) {
    return labels + std::string(1024, red) + std::string(1024, green) + std::string(1024, blue);
}

std::shared_ptr<const Dataset> open(const std::string& name, const TemporaryFolder& folder, Split split) {
    return Registry<DatasetEntry>::instance().find(name).open({}, folder.path(), split);
}

void write_image_folders(const TemporaryFolder& folder, int classes, int side) {
    for (const char* split : {"train", "test"})
        for (int label = 0; label < classes; ++label)
            write_file(folder / (std::string(split) + "/class" + std::to_string(label) + "/1.png"),
                       rgb_png_bytes(side, side, static_cast<std::uint8_t>(label), 0, 0));
}

TEST(Cifar, records_are_labels_and_planes) {
    const LabelledImages set =
        parse_cifar(record("\3", 'r', 'g', 'b') + record("\5", 'x', 'y', 'z'), cifar10_layout, "f");
    EXPECT_THAT(set.labels, ElementsAre(3, 5));
    EXPECT_EQ(set.shape, (ImageShape{3, 32, 32}));
    EXPECT_EQ(set.pixels[1023], 'r');
    EXPECT_EQ(set.pixels[1024], 'g');
    EXPECT_EQ(set.pixels[3072 + 2048], 'z');
}

TEST(Cifar, class_of_cifar100_is_the_second_label) {
    const LabelledImages set = parse_cifar(record("\7\143", 'r', 'g', 'b'), cifar100_layout, "f");
    EXPECT_THAT(set.labels, ElementsAre(99));
    EXPECT_EQ(set.pixels[0], 'r');
}

TEST(Cifar, truncated_and_empty_batches_are_errors) {
    const std::string whole = record("\1", 'r', 'g', 'b');
    expect_data_error("f", "3072 bytes are not", [&] { parse_cifar(whole.substr(1), cifar10_layout, "f"); });
    expect_data_error("f", "3074 bytes are not", [&] { parse_cifar(whole + "x", cifar10_layout, "f"); });
    expect_data_error("f", "0 bytes are not", [&] { parse_cifar("", cifar10_layout, "f"); });
}

TEST(Cifar, label_out_of_range_is_an_error) {
    expect_data_error("f", "label 10", [] { parse_cifar(record("\12", 'r', 'g', 'b'), cifar10_layout, "f"); });
    expect_data_error("f", "label 255", [] { parse_cifar(record("\1\377", 'r', 'g', 'b'), cifar100_layout, "f"); });
}

TEST(Cifar, training_set_is_five_batches_in_order) {
    const TemporaryFolder folder;
    for (char i = 1; i <= 5; ++i)
        write_file(folder / ("data_batch_" + std::to_string(i) + ".bin"), record(std::string(1, i), i, i, i));
    write_file(folder / "test_batch.bin", record(std::string{0}, 1, 2, 3));
    const auto train = open("cifar10", folder, Split::train);
    ASSERT_EQ(train->size(), 5);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(train->label(i), i + 1);
    EXPECT_EQ(open("cifar10", folder, Split::test)->size(), 1);
    EXPECT_EQ(train->source(), "binary batches");

    std::filesystem::remove(folder.path() / "data_batch_4.bin");
    expect_data_error("data_batch_4.bin", "cannot open", [&] { open("cifar10", folder, Split::train); });
}

TEST(Cifar, cifar100_reads_its_two_files) {
    const TemporaryFolder folder;
    write_file(folder / "train.bin", record(std::string{0, 1}, 1, 2, 3) + record(std::string{0, 2}, 1, 2, 3));
    write_file(folder / "test.bin", record(std::string{0, 3}, 1, 2, 3));
    EXPECT_EQ(open("cifar100", folder, Split::train)->size(), 2);
    EXPECT_EQ(open("cifar100", folder, Split::test)->label(0), 3);
}

TEST(Cifar, cifar10_may_be_image_folders_and_says_so) {
    const TemporaryFolder images, batches;
    write_image_folders(images, 10, 32);
    const auto from_images = open("cifar10", images, Split::test);
    EXPECT_EQ(from_images->source(), "image folder");

    // The same pixels and labels from a binary batch are the same images, but not the same fingerprint.
    std::string records;
    for (char label = 0; label < 10; ++label) records += record(std::string(1, label), label, 0, 0);
    write_file(batches / "test_batch.bin", records);
    const auto from_batches = open("cifar10", batches, Split::test);
    std::vector<std::uint8_t> one(3072), other(3072);
    from_images->image(9, one.data());
    from_batches->image(9, other.data());
    EXPECT_EQ(one, other);
    EXPECT_NE(from_images->fingerprint(), from_batches->fingerprint());
}

TEST(Cifar, image_folders_of_another_set_are_refused) {
    const TemporaryFolder few, small;
    write_image_folders(few, 9, 32);
    write_image_folders(small, 10, 16);
    expect_data_error(few.path(), "holds 9 classes", [&] { open("cifar10", few, Split::train); });
    expect_data_error(small.path(), "16x16", [&] { open("cifar10", small, Split::train); });
}

}  // namespace
}  // namespace dsqbench
