// Large data sets in folders, in ImageNet's own archives, and packed: the same images in the same order.
#include "suite/data/stored_images.h"

#include <gmock/gmock.h>

#include "suite/core/file_system.h"
#include "suite/data/pack.h"
#include "suite/data/tar.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

const Files train{
    {"n01/b.JPEG", "1b"}, {"n01/a.JPEG", "1a"}, {"n00/c.JPEG", "0c"}, {"n02/d.JPEG", std::string(700, 'd')}};
const Files val{{"n00/x.JPEG", "x"}, {"n01/y.JPEG", "y"}, {"n02/z.JPEG", "z"}};

void write_folders(const std::filesystem::path& root) {
    for (const auto& [name, bytes] : train) write_file(root / "train" / name, bytes);
    for (const auto& [name, bytes] : val) write_file(root / "val" / name, bytes);
}

void write_archive(const std::filesystem::path& path, const Files& files) {
    create_folders(path.parent_path());
    TarWriter writer(path);
    for (const auto& [name, bytes] : files) writer.add(name, bytes);
    writer.finish();
}

std::string listing(const StoredImages& images) {
    std::string text;
    for (std::int64_t i = 0; i < images.size(); ++i)
        text += std::to_string(images.label(i)) + " " + images.name(i) + " " + images.read(i) + "\n";
    return text;
}

TEST(StoredImages, are_the_same_in_folders_in_archives_of_a_class_each_and_packed) {
    const TemporaryFolder folder;
    write_folders(folder / "folders");
    const StoredImages expected(folder / "folders", Split::train);
    EXPECT_EQ(listing(expected).substr(0, 40), "0 n00/c.JPEG 0c\n1 n01/a.JPEG 1a\n1 n01/b.");

    write_archive(folder / "tars/train/n01.tar", {{"b.JPEG", "1b"}, {"./a.JPEG", "1a"}, {"README", "no image"}});
    write_archive(folder / "tars/train/n00.tar", {{"c.JPEG", "0c"}});
    write_archive(folder / "tars/train/n02.tar", {{"d.JPEG", std::string(700, 'd')}});
    write_archive(folder / "tars/val/all.tar", val);
    const StoredImages in_tars(folder / "tars", Split::train);
    EXPECT_EQ(listing(in_tars), listing(expected));
    EXPECT_EQ(listing(StoredImages(folder / "tars", Split::test)),
              listing(StoredImages(folder / "folders", Split::test)));
    EXPECT_THAT(in_tars.place(0), testing::EndsWith("train/n00.tar:n00/c.JPEG"));

    PackOptions options;
    options.archive_bytes = 1500;
    const Packed packed = pack(expected, folder / "packed/train", options);
    EXPECT_EQ(packed.images, 4);
    EXPECT_EQ(packed.archives, 2);
    EXPECT_EQ(listing(StoredImages(folder / "packed", Split::train)), listing(expected));
}

TEST(Pack, is_the_same_bytes_every_time_and_never_half) {
    const TemporaryFolder folder;
    write_folders(folder / "folders");
    const StoredImages images(folder / "folders", Split::train);
    pack(images, folder / "a", {});
    pack(images, folder / "b", {});
    EXPECT_EQ(read_file(folder / "a/00000.tar"), read_file(folder / "b/00000.tar"));
    EXPECT_THROW(pack(images, folder / "a", {}), Error);
    std::filesystem::remove(folder / "folders/train/n01/a.JPEG");
    EXPECT_THROW(pack(images, folder / "c", {}), Error);
    EXPECT_FALSE(std::filesystem::exists(folder / "c"));
}

TEST(StoredImages, that_cannot_be_told_apart_or_do_not_match_are_errors) {
    const TemporaryFolder folder;
    write_folders(folder.path());
    write_archive(folder / "val/all.tar", val);
    expect_data_error("val", "holds archives and folders", [&] { StoredImages(folder.path(), Split::test); });
    for (const char* name : {"n00", "n01", "n02"}) std::filesystem::remove_all(folder / "val" / name);
    EXPECT_EQ(StoredImages(folder.path(), Split::test).size(), 3) << "one split packed, the other not";
    write_archive(folder / "val/all.tar", {{"n00/x.JPEG", "x"}});
    expect_data_error("val", "its classes are not those of train/", [&] { StoredImages(folder.path(), Split::test); });
    write_archive(folder / "val/more.tar", {{"n00/x.JPEG", "x"}});
    expect_data_error("val", "hold 'n00/x.JPEG' twice", [&] { StoredImages(folder.path(), Split::test); });
    write_archive(folder / "val/more.tar", {});
    write_archive(folder / "val/all.tar", {{"n00/README", "x"}});
    expect_data_error("val", "hold no .jpg", [&] { StoredImages(folder.path(), Split::test); });
}

TEST(StoredImages, of_an_archive_that_was_cut_later_break_off) {
    const TemporaryFolder folder;
    write_archive(folder / "train/n00.tar", {{"a.JPEG", std::string(3000, 'a')}});
    const StoredImages images(folder.path(), Split::train);
    std::filesystem::resize_file(folder / "train/n00.tar", 1000);
    expect_data_error("n00.tar:n00/a.JPEG", "breaks off", [&] { images.read(0); });
}

}  // namespace
}  // namespace dsqbench
