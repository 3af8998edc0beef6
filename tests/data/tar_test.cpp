#include "suite/data/tar.h"

#include <gmock/gmock.h>

#include <fstream>

#include "suite/core/file_system.h"
#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

std::filesystem::path written(const TemporaryFolder& folder,
                              const std::vector<std::pair<std::string, std::string>>& files) {
    TarWriter writer(folder / "a.tar");
    for (const auto& [name, bytes] : files) writer.add(name, bytes);
    writer.finish();
    EXPECT_EQ(writer.bytes(), std::filesystem::file_size(folder / "a.tar"));
    return folder / "a.tar";
}

TEST(Tar, gives_back_what_was_written) {
    const TemporaryFolder folder;
    const std::string long_name = std::string(120, 'd') + "/" + std::string(90, 'f');
    const std::vector<std::pair<std::string, std::string>> files{
        {"n01/a.JPEG", "some bytes"}, {"n01/empty", ""}, {"block", std::string(512, 'b')}, {long_name, "x"}};
    const auto archive = written(folder, files);
    const auto members = tar_members(archive);
    ASSERT_EQ(members.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        EXPECT_EQ(members[i].name, files[i].first);
        EXPECT_EQ(ReadableFile(archive).read(members[i].offset, members[i].size), files[i].second);
    }
    EXPECT_TRUE(tar_members(written(folder, {})).empty());
}

TEST(Tar, refuses_names_that_do_not_fit) {
    const TemporaryFolder folder;
    TarWriter writer(folder / "a.tar");
    for (const std::string& name : {std::string(), std::string(101, 'n'), std::string(200, 'n') + "/n"})
        expect_data_error("a.tar", "does not fit", [&] { writer.add(name, ""); });
}

TEST(Tar, truncated_anywhere_is_an_error) {
    const TemporaryFolder folder;
    const std::string whole = read_file(written(folder, {{"a", "1"}, {"b", std::string(600, '2')}}));
    const std::size_t end = whole.size() - 1024;
    for (std::size_t length = 0; length <= end; length += 64) {
        write_file(folder / "b.tar", whole.substr(0, length));
        expect_data_error("b.tar", "breaks off", [&] { tar_members(folder / "b.tar"); });
    }
}

TEST(Tar, refuses_damaged_headers_and_what_are_no_plain_files) {
    const TemporaryFolder folder;
    const std::string whole = read_file(written(folder, {{"a", "1"}}));
    const auto with = [&](std::size_t offset, const std::string& text, bool fix_checksum) {
        std::string bytes = whole;
        bytes.replace(offset, text.size(), text);
        if (fix_checksum) {
            bytes.replace(148, 8, 8, ' ');
            unsigned sum = 0;
            for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(bytes[i]);
            char digits[8];
            std::snprintf(digits, sizeof digits, "%06o", sum);
            bytes.replace(148, 7, digits, 7);
        }
        return write_file(folder / "b.tar", bytes);
    };
    const auto refused = [](const std::filesystem::path& path, const std::string& message) {
        expect_data_error("b.tar", message, [&] { tar_members(path); });
    };
    refused(with(0, "z", false), "checksum does not fit");
    refused(with(124, "77777777777", true), "breaks off");
    refused(with(124, "\x80\x01", true), "no octal number");  // GNU's way to write sizes beyond 8 GiB
    refused(with(124, std::string(12, '\0'), true), "no octal number");
    refused(with(156, "2", true), "no plain file (type '2')");
    refused(with(156, "L", true), "no plain file (type 'L')");
    refused(write_file(folder / "b.tar", std::string(2048, 'x')), "not a tar archive");
    EXPECT_TRUE(tar_members(with(156, "5", true)).empty()) << "a folder";
}

}  // namespace
}  // namespace dsqbench
