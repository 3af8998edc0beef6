#include "suite/data/memory_dataset.h"

#include <gtest/gtest.h>

#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

LabelledImages two_images() {
    return {{1, 1, 2}, 3, {1, 2, 3, 4}, {2, 0}, "IDX"};
}

TEST(MemoryDataset, gives_what_it_was_given) {
    const MemoryDataset set(two_images());
    EXPECT_EQ(set.size(), 2);
    EXPECT_EQ(set.classes(), 3);
    EXPECT_EQ(set.label(0), 2);
    std::uint8_t pixels[2];
    set.image(1, pixels);
    EXPECT_EQ(pixels[0], 3);
    EXPECT_EQ(pixels[1], 4);
}

// SHA-256 of "dsqbench images 1\nIDX\n2 1 1 2 3\n", the pixels 01 02 03 04, the labels 02000000 00000000, by sha256sum.
TEST(MemoryDataset, fingerprint_is_the_same_on_every_platform) {
    EXPECT_EQ(MemoryDataset(two_images()).fingerprint(),
              "489965f121d3c7ece48778adef4c91738ca159c1c7900402eb363f5863e7e619");
}

TEST(MemoryDataset, fingerprint_covers_everything) {
    const std::string original = MemoryDataset(two_images()).fingerprint();
    LabelledImages pixel = two_images(), label = two_images(), shape = two_images(), classes = two_images(),
                   source = two_images();
    pixel.pixels[3] = 5;
    label.labels[1] = 1;
    shape.shape = {2, 1, 1};
    classes.classes = 4;
    source.source = "image folder";
    for (const auto& changed : {pixel, label, shape, classes, source})
        EXPECT_NE(MemoryDataset(changed).fingerprint(), original);
}

TEST(MemoryDataset, label_out_of_range_is_an_error) {
    LabelledImages images = two_images();
    check_labels(images, "f");
    images.labels[1] = 3;
    expect_data_error("f", "image 1 has label 3, but the set has 3 classes", [&] { check_labels(images, "f"); });
    images.labels[1] = -1;
    expect_data_error("f", "label -1", [&] { check_labels(images, "f"); });
}

}  // namespace
}  // namespace dsqbench
