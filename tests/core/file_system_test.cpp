#include "suite/core/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <list>
#include <map>
#include <thread>

#include "suite/core/random.h"
#include "suite/core/text.h"
#include "tests/child_process.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

// In a child: files of this process cannot grow past `bytes`, as on a disk that is full.
void limit_file_size(std::size_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

// In a child: root may write everywhere, so become somebody else.
void give_up_root() {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(98);
}

void wait_for(const std::filesystem::path& path) {
    while (!std::filesystem::exists(path)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::size_t count_files(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator files(folder);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(ReadFile, gives_all_bytes) {
    const TemporaryFolder folder;
    const std::string bytes = std::string(200'000, 'x') + '\0' + "\r\n";
    std::ofstream(folder / "file", std::ios::binary) << bytes;
    EXPECT_EQ(read_file(folder / "file"), bytes);
    EXPECT_EQ(read_file(folder / "file", bytes.size()), bytes);
}

TEST(ReadFile, refuses_more_than_its_limit_even_of_an_endless_file) {
    const TemporaryFolder folder;
    std::ofstream(folder / "file") << "12345";
    EXPECT_THROW(read_file(folder / "file", 4), Error);
    const Error error = refusal_of([] { read_file("/dev/zero", 1'000'000); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.message(), testing::HasSubstr("larger than the 1000000 bytes"));
}

TEST(ReadFile, names_a_missing_file_and_a_folder) {
    const TemporaryFolder folder;
    const Error missing = refusal_of([&] { read_file(folder / "missing"); });
    EXPECT_EQ(missing.code(), ExitCode::data);
    EXPECT_EQ(missing.place(), (folder / "missing").string());
    EXPECT_EQ(refusal_of([&] { read_file(folder.path()); }).message(), "is not a file");
}

TEST(WriteFileAtomically, makes_folders_and_replaces_a_file) {
    const TemporaryFolder folder;
    const auto path = folder / "a/b/file";
    write_file_atomically(path, "old");
    write_file_atomically(path, "new");
    EXPECT_EQ(read_file(path), "new");
    EXPECT_EQ(count_files(folder / "a/b"), 1u);
}

TEST(WriteFileAtomically, keeps_the_old_file_when_the_disk_is_full) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "file", "old");
    ChildProcess writer([&] {
        limit_file_size(1000);
        const Error error = refusal_of([&] { write_file_atomically(folder / "file", std::string(5000, 'x')); });
        return error.code() == ExitCode::failed && !error.hint().empty() ? 0 : 1;
    });
    EXPECT_EQ(writer.wait(), 0);
    EXPECT_EQ(read_file(folder / "file"), "old");
    EXPECT_EQ(count_files(folder.path()), 1u);
}

TEST(WriteFileAtomically, says_what_to_do_about_a_folder_that_it_may_not_write_to) {
    const TemporaryFolder folder;
    create_folders(folder / "closed");
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    std::filesystem::permissions(folder / "closed", std::filesystem::perms(0555));
    ChildProcess writer([&] {
        give_up_root();
        const Error file = refusal_of([&] { write_file_atomically(folder / "closed/file", "new"); });
        const Error made = refusal_of([&] { create_folders(folder / "closed/inner"); });
        const std::string hint = "choose a folder that you may write to";
        return file.hint() == hint && made.hint() == hint && file.code() == ExitCode::failed ? 0 : 1;
    });
    EXPECT_EQ(writer.wait(), 0);
}

TEST(WriteFileAtomically, fails_cleanly_where_a_file_stands_for_a_folder) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "file", "old");
    EXPECT_EQ(refusal_of([&] { write_file_atomically(folder / "file/inner", "new"); }).code(), ExitCode::failed);
    create_folders(folder / "folder/inner");
    EXPECT_EQ(refusal_of([&] { write_file_atomically(folder / "folder", "new"); }).code(), ExitCode::failed);
    EXPECT_EQ(count_files(folder.path()), 2u);
}

TEST(WriteFileAtomically, leaves_a_whole_file_when_killed_at_any_moment) {
    const TemporaryFolder folder;
    const auto path = folder / "file";
    const std::string a(300'000, 'a'), b(300'000, 'b');
    constexpr std::uint64_t seed = 1;
    Random random(seed);
    for (int round = 0; round < 10; ++round) {
        write_file_atomically(path, a);
        ChildProcess writer([&] {
            while (true) {
                write_file_atomically(path, b);
                write_file_atomically(path, a);
            }
            return 0;
        });
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(20'000)));
        writer.send(SIGKILL);
        EXPECT_EQ(writer.wait(), -SIGKILL);
        const std::string found = read_file(path);
        EXPECT_TRUE(found == a || found == b) << "round " << round << ", seed " << seed;
    }
}

TEST(AppendLine, makes_the_file_and_its_folder) {
    const TemporaryFolder folder;
    append_line(folder / "rows/a.jsonl", "1");
    append_line(folder / "rows/a.jsonl", "2");
    EXPECT_EQ(read_file(folder / "rows/a.jsonl"), "1\n2\n");
}

TEST(AppendLine, ends_a_line_that_a_crash_left_torn) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "rows", "whole\ntor");
    append_line(folder / "rows", "next");
    EXPECT_EQ(read_file(folder / "rows"), "whole\ntor\nnext\n");
}

TEST(AppendLine, takes_a_half_written_line_back_when_the_disk_is_full) {
    const TemporaryFolder folder;
    append_line(folder / "rows", "first");
    ChildProcess writer([&] {
        limit_file_size(100);
        const Error error = refusal_of([&] { append_line(folder / "rows", std::string(500, 'x')); });
        return error.code() == ExitCode::failed ? 0 : 1;
    });
    EXPECT_EQ(writer.wait(), 0);
    EXPECT_EQ(read_file(folder / "rows"), "first\n");
}

TEST(AppendLine, explains_a_full_disk) {
    const Error error = refusal_of([] { append_line("/dev/full", "x"); });
    EXPECT_THAT(error.hint(), testing::HasSubstr("disk is full"));
}

TEST(AppendLine, keeps_lines_of_concurrent_writers_whole) {
    const TemporaryFolder folder;
    constexpr int writer_count = 4, line_count = 50;
    std::list<ChildProcess> writers;
    for (int writer = 0; writer < writer_count; ++writer)
        writers.emplace_back([&folder, writer] {
            const std::string line(9000, static_cast<char>('a' + writer));
            for (int i = 0; i < line_count; ++i) append_line(folder / "rows", line);
            return 0;
        });
    for (auto& writer : writers) EXPECT_EQ(writer.wait(), 0);
    std::map<std::string, int> lines;
    for (const auto& line : split(read_file(folder / "rows"), '\n')) ++lines[line];
    ASSERT_EQ(lines.size(), writer_count + 1u);
    EXPECT_EQ(lines.at(""), 1);
    for (int writer = 0; writer < writer_count; ++writer)
        EXPECT_EQ(lines.at(std::string(9000, static_cast<char>('a' + writer))), line_count);
}

TEST(FileLock, refuses_a_second_process_until_the_first_lets_go) {
    const TemporaryFolder folder;
    const auto try_lock = [&] { const FileLock second(folder / "lock", "the run 'x'"); };
    {
        const FileLock first(folder / "lock", "the run 'x'");
        ChildProcess other([&] { return refusal_of(try_lock).code() == ExitCode::failed ? 0 : 1; });
        EXPECT_EQ(other.wait(), 0);
        EXPECT_EQ(refusal_of(try_lock).message(), "another process is working on the run 'x'");
    }
    EXPECT_NO_THROW(try_lock());
}

TEST(FileLock, ends_with_its_process) {
    const TemporaryFolder folder;
    ChildProcess holder([&] {
        const FileLock lock(folder / "lock", "x");
        write_file_atomically(folder / "locked", "");
        while (true) ::pause();
        return 0;
    });
    wait_for(folder / "locked");
    EXPECT_THROW(FileLock(folder / "lock", "x"), Error);
    holder.send(SIGKILL);
    holder.wait();
    EXPECT_NO_THROW(FileLock(folder / "lock", "x"));
}

TEST(FileLock, waits_when_asked_to) {
    const TemporaryFolder folder;
    ChildProcess holder([&] {
        const FileLock lock(folder / "lock", "x");
        write_file_atomically(folder / "locked", "");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        write_file_atomically(folder / "done", "");
        return 0;
    });
    wait_for(folder / "locked");
    const FileLock lock(folder / "lock", "x", FileLock::Busy::wait);
    EXPECT_TRUE(std::filesystem::exists(folder / "done"));
}

TEST(ReadableFile, gives_parts_and_ends_where_the_file_does) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "f", "0123456789");
    const ReadableFile file(folder / "f");
    EXPECT_EQ(file.size(), 10u);
    EXPECT_EQ(file.read(2, 3), "234");
    EXPECT_EQ(file.read(8, 100), "89");
    EXPECT_EQ(file.read(10, 1), "");
    EXPECT_EQ(file.read(~std::uint64_t{0}, 1), "");
    EXPECT_THROW(ReadableFile(folder / "absent"), Error);
    EXPECT_THROW(ReadableFile(folder.path()), Error);
}

}  // namespace
}  // namespace dsqbench
