#include "suite/data/idx.h"

#include <gmock/gmock.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

const std::string two_images = idx_header({2, 2, 3}) + "abcdefghijkl";
const std::string two_labels = idx_header({2}) + std::string{7, 0};

LabelledImages parse_pair(const std::string& images, const std::string& labels) {
    return labelled_images(parse_idx(images, "images"), parse_idx(labels, "labels"), 10);
}

TEST(Idx, reads_grey_images_and_labels) {
    const LabelledImages set = parse_pair(two_images, two_labels);
    EXPECT_EQ(set.shape, (ImageShape{1, 2, 3}));
    EXPECT_EQ(set.classes, 10);
    EXPECT_THAT(set.labels, ElementsAre(7, 0));
    EXPECT_EQ(std::string(set.pixels.begin(), set.pixels.end()), "abcdefghijkl");
}

TEST(Idx, gzip_and_plain_are_the_same_set) {
    const MemoryDataset plain(parse_pair(two_images, two_labels));
    const MemoryDataset compressed(parse_pair(gzip_bytes(two_images), gzip_bytes(two_labels)));
    EXPECT_EQ(plain.fingerprint(), compressed.fingerprint());
}

TEST(Idx, reads_a_file) {
    const TemporaryFolder folder;
    EXPECT_THAT(read_idx(write_file(folder / "labels.gz", gzip_bytes(two_labels))).dimensions, ElementsAre(2));
    expect_data_error("absent", "cannot open", [&] { read_idx(folder.path() / "absent"); });
}

TEST(Idx, wrong_magic_number_is_an_error) {
    expect_data_error("f", "magic number 0x00000d01", [] { parse_idx(std::string{0, 0, 13, 1, 0, 0, 0, 0}, "f"); });
    expect_data_error("f", "magic number 0x00000804", [] { parse_idx(idx_header({1, 1, 1, 1}) + "x", "f"); });
    expect_data_error("f", "magic number", [] { parse_idx("<!DOCTYPE html><html>", "f"); });
    expect_data_error("f", "too short", [] { parse_idx("", "f"); });
}

TEST(Idx, truncated_file_is_an_error) {
    for (std::size_t length = 0; length < two_images.size(); ++length)
        EXPECT_THROW(parse_idx(two_images.substr(0, length), "f"), Error) << length;
    expect_data_error("f", "truncated: 11 bytes of data where its header states 12",
                      [] { parse_idx(two_images.substr(0, two_images.size() - 1), "f"); });
}

TEST(Idx, trailing_bytes_are_an_error) {
    expect_data_error("f", "too long", [] { parse_idx(two_images + "m", "f"); });
    expect_data_error("f", "holds more than", [] { parse_idx(gzip_bytes(two_images + "m"), "f"); });
}

TEST(Idx, dimensions_that_overflow_are_an_error) {
    expect_data_error("f", "more than 1 GiB", [] { parse_idx(idx_header({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}), "f"); });
    // 2^22 * 2^21 * 2^21 = 2^64 would be 0 in 64 bits.
    expect_data_error("f", "more than 1 GiB", [] { parse_idx(idx_header({1u << 22, 1u << 21, 1u << 21}), "f"); });
}

TEST(Idx, gzip_bomb_stops_at_what_the_header_states) {
    const std::string bomb = gzip_bytes(idx_header({4}) + std::string(4 << 20, '\0'));
    EXPECT_LT(bomb.size(), std::size_t{1} << 13);
    expect_data_error("f", "more than the 12 bytes", [&] { parse_idx(bomb, "f"); });
}

TEST(Idx, header_that_claims_a_gigabyte_of_nothing_is_an_error) {
    expect_data_error("f", "holds 13 bytes", [] { parse_idx(gzip_bytes(idx_header({1u << 30}) + "12345"), "f"); });
}

TEST(Idx, label_out_of_range_is_an_error) {
    expect_data_error("labels", "image 1 has label 10", [] {
        parse_pair(two_images, idx_header({2}) + std::string{9, 10});
    });
}

TEST(Idx, files_that_do_not_belong_together_are_an_error) {
    expect_data_error("labels", "3 labels for 2 images", [] { parse_pair(two_images, idx_header({3}) + "\1\1\1"); });
    expect_data_error("images", "does not hold images", [] { parse_pair(two_labels, two_labels); });
    expect_data_error("labels", "does not hold labels", [] { parse_pair(two_images, two_images); });
    expect_data_error("images", "holds no images", [] { parse_pair(idx_header({0, 28, 28}), idx_header({0})); });
}

}  // namespace
}  // namespace dsqbench
