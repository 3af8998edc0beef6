#include <gtest/gtest.h>

#include "suite/data/dataset.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

const DatasetEntry& entry(const std::string& name) {
    return Registry<DatasetEntry>::instance().find(name);
}

// Three training images, compressed, and one test image, plain.
void write_set(const TemporaryFolder& folder) {
    write_file(folder / "train-images-idx3-ubyte.gz", gzip_bytes(idx_header({3, 1, 2}) + "aabbcc"));
    write_file(folder / "train-labels-idx1-ubyte.gz", gzip_bytes(idx_header({3}) + "\1\2\3"));
    write_file(folder / "t10k-images-idx3-ubyte", idx_header({1, 1, 2}) + "zz");
    write_file(folder / "t10k-labels-idx1-ubyte", idx_header({1}) + "\4");
}

TEST(Mnist, opens_both_splits_plain_or_compressed) {
    const TemporaryFolder folder;
    write_set(folder);
    for (const char* name : {"mnist", "fashion-mnist"}) {
        const auto train = entry(name).open({}, folder.path(), Split::train);
        const auto test = entry(name).open({}, folder.path(), Split::test);
        EXPECT_EQ(train->size(), 3);
        EXPECT_EQ(train->label(2), 3);
        EXPECT_EQ(train->source(), "IDX");
        EXPECT_EQ(test->size(), 1);
        std::uint8_t pixels[2];
        test->image(0, pixels);
        EXPECT_EQ(pixels[1], 'z');
    }
}

TEST(Mnist, missing_half_names_the_file) {
    const TemporaryFolder folder;
    write_set(folder);
    std::filesystem::remove(folder.path() / "train-labels-idx1-ubyte.gz");
    expect_data_error("train-labels-idx1-ubyte.gz", "cannot open",
                      [&] { entry("mnist").open({}, folder.path(), Split::train); });
}

}  // namespace
}  // namespace dsqbench
