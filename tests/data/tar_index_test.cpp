#include "suite/data/tar_index.h"

#include <gmock/gmock.h>

#include <chrono>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/data/stored_images.h"
#include "tests/data/encoded_files.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<std::pair<std::string, std::string>>;

// A folder of two archives and a place for its index.
class TarIndex : public testing::Test {
protected:
    TarIndex() {
        write_archive("a", {{"one.JPEG", "1"}, {"two words.JPEG", "22"}});
        write_archive("b", {{"c/three.JPEG", std::string(700, '3')}});
    }

    fs::path archive(const std::string& name) const { return folder_ / "train" / (name + ".tar"); }
    void write_archive(const std::string& name, const Files& files) const {
        create_folders(folder_ / "train");
        TarWriter writer(archive(name));
        for (const auto& [file, bytes] : files) writer.add(file, bytes);
        writer.finish();
    }

    std::string members() const {
        std::string text;
        for (const auto& of_archive : indexed_tar_members({archive("a"), archive("b")}, indexing_)) {
            for (const auto& [name, offset, size] : of_archive)
                text += name + " " + std::to_string(offset) + " " + std::to_string(size) + "\n";
            text += "\n";
        }
        return text;
    }

    fs::path index() const {
        for (const auto& entry : fs::directory_iterator(folder_ / "cache/tar-index")) return entry.path();
        return {};
    }

    // Another archive under the same name, size and time, so that the index alone can tell.
    void replace_unnoticed(const std::string& name, const Files& files) const {
        const auto time = fs::last_write_time(archive(name));
        write_archive(name, files);
        fs::last_write_time(archive(name), time);
    }

    TemporaryFolder folder_;
    TarIndexing indexing_{folder_ / "cache", /*fewest_members=*/1};
    const std::string expected_ = "one.JPEG 512 1\ntwo words.JPEG 1536 2\n\nc/three.JPEG 512 700\n\n";
};

TEST_F(TarIndex, says_what_the_headers_say) {
    EXPECT_EQ(members(), expected_);
    EXPECT_TRUE(fs::exists(index()));
    EXPECT_EQ(members(), expected_);
}

// Of an archive whose headers have become unreadable only an index can know.
TEST_F(TarIndex, is_read_in_the_place_of_headers) {
    Files many;
    for (int i = 0; i < 100; ++i) many.emplace_back(std::to_string(i) + ".JPEG", "x");
    write_archive("a", many);
    const std::string before = members();
    const auto time = fs::last_write_time(archive("a"));
    std::string bytes = read_file(archive("a"));
    bytes[7 * 1024] ^= 1;  // the eighth of the hundred, which is none that are looked at
    write_file(archive("a"), bytes);
    fs::last_write_time(archive("a"), time);
    EXPECT_EQ(members(), before);
    fs::remove(index());
    EXPECT_THROW(members(), Error);
}

TEST_F(TarIndex, is_made_anew_when_an_archive_changes) {
    members();
    write_archive("b", {{"c/three.JPEG", std::string(700, '3')}, {"c/four.JPEG", "4"}});
    const std::string changed = "one.JPEG 512 1\ntwo words.JPEG 1536 2\n\nc/three.JPEG 512 700\nc/four.JPEG 2048 1\n\n";
    EXPECT_EQ(members(), changed) << "another size";
    EXPECT_EQ(members(), changed);
    write_archive("b", {{"c/three.JPEG", std::string(700, '3')}, {"c/five.JPEG", "5"}});
    fs::last_write_time(archive("b"), fs::last_write_time(archive("b")) + std::chrono::seconds(5));
    EXPECT_THAT(members(), testing::HasSubstr("five")) << "another time";
}

TEST_F(TarIndex, is_not_believed_where_the_archive_says_otherwise) {
    members();
    replace_unnoticed("a", {{"six.JPEG", "6"}, {"two words.JPEG", "22"}});
    EXPECT_THAT(members(), testing::HasSubstr("six.JPEG 512 1"));
    replace_unnoticed("a", {{"six.JPEG", "66"}, {"two words.JPEG", "22"}});
    EXPECT_THAT(members(), testing::HasSubstr("six.JPEG 512 2"));
}

TEST_F(TarIndex, damaged_anywhere_is_made_anew) {
    members();
    const std::string whole = read_file(index());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] ^= 1;
        write_file(index(), damaged);
        ASSERT_EQ(members(), expected_) << "byte " << i;
        ASSERT_EQ(read_file(index()), whole) << "byte " << i;
        write_file(index(), whole.substr(0, i));
        ASSERT_EQ(members(), expected_) << "length " << i;
        ASSERT_EQ(read_file(index()), whole) << "length " << i;
    }
}

// With a checksum that fits, as nobody but an attacker writes it.
TEST_F(TarIndex, that_lies_is_made_anew) {
    members();
    const std::string whole = read_file(index());
    for (const std::string& body : std::vector<std::string>{
             "", "x", "1 2 18446744073709551615 a.tar", std::string("-1 2 3 a.tar\0", 13),
             std::string("1 2 99999999999999999999 a.tar\0", 31), std::string("1 2 1000000 a.tar\0", 18),
             std::string("1 2 1 a.tar\0"
                         "18446744073709551615 18446744073709551615 x\0",
                         56)}) {
        const std::string text = "dsqbench tar index 1\n" + body;
        write_file(index(), text + sha256_hex(text));
        EXPECT_EQ(members(), expected_) << body;
    }
    const std::string facts = whole.substr(21, whole.find(" 2 a.tar") - 21);  // size and time of the true archive
    for (const std::string member : {"18446744073709551615 1 one.JPEG", "512 18446744073709551615 one.JPEG",
                                      "0 1 one.JPEG", "1000000 1 one.JPEG", "513 1 one.JPEG"}) {
        const std::string text = "dsqbench tar index 1\n" + facts + " 1 a.tar" + '\0' + member + '\0';
        write_file(index(), text + sha256_hex(text));
        EXPECT_EQ(members(), expected_) << member;
    }
}

TEST_F(TarIndex, lies_beside_the_archives_where_there_is_no_cache_folder) {
    indexing_.folder = "";
    EXPECT_EQ(members(), expected_);
    EXPECT_TRUE(fs::exists(folder_ / "train/.dsqbench-tar-index"));
    EXPECT_EQ(members(), expected_);
    write_file(folder_ / "file", "");
    fs::remove(folder_ / "train/.dsqbench-tar-index");
    indexing_.folder = folder_ / "file";  // no folder: nothing can be written in it
    EXPECT_EQ(members(), expected_);
    EXPECT_TRUE(fs::exists(folder_ / "train/.dsqbench-tar-index"));
}

TEST_F(TarIndex, is_not_made_for_a_few_members) {
    indexing_.fewest_members = 4;
    members();
    EXPECT_FALSE(fs::exists(folder_ / "cache"));
    EXPECT_FALSE(fs::exists(folder_ / "train/.dsqbench-tar-index"));
}

TEST_F(TarIndex, tells_a_validation_split_the_classes_of_training) {
    create_folders(folder_ / "val");
    for (const char* name : {"a", "c"}) {
        TarWriter writer(folder_ / "val" / (std::string(name) + ".tar"));
        writer.add("v.JPEG", "v");
        writer.finish();
    }
    EXPECT_EQ(StoredImages(folder_.path(), Split::test, indexing_).classes(), (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(StoredImages(folder_.path(), Split::train, indexing_).size(), 3);
    replace_unnoticed("b", {{"d/three.JPEG", std::string(700, '3')}});
    EXPECT_THROW(StoredImages(folder_.path(), Split::test, indexing_), Error);
}

}  // namespace
}  // namespace dsqbench
