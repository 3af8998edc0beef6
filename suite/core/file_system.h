// Files that are either the old ones or the new ones, never halves; locks; bounded reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dsqbench {

// The whole file. Throws Error(data) when it is missing, unreadable or larger than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{1} << 30);

// A file of which parts are read. Throws Error(data) when it is missing or unreadable.
class ReadableFile {
public:
    explicit ReadableFile(const std::filesystem::path& path);
    ~ReadableFile();
    ReadableFile(const ReadableFile&) = delete;
    ReadableFile& operator=(const ReadableFile&) = delete;

    std::uint64_t size() const { return size_; }
    // Fewer bytes than `count` where the file ends.
    std::string read(std::uint64_t offset, std::size_t count) const;

private:
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

// Writes to a temporary name beside `path`, syncs, renames, syncs the folder: after a crash at any moment `path` holds
// the old bytes or the new ones. Creates missing parent folders. Throws Error(failed) on a full disk or a folder that
// cannot be written, and then leaves the old file as it was.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// Appends `line` and a newline in one write, under an exclusive lock on the file; first completes a torn last line (one
// without a newline, left by a crash) by ending it. Throws Error(failed).
void append_line(const std::filesystem::path& path, std::string_view line);

// mkdir -p. Throws Error(failed) with the reason.
void create_folders(const std::filesystem::path& path);

// An exclusive advisory lock, held while the object lives; the kernel drops it when the process dies.
class FileLock {
public:
    enum class Busy { refuse, wait };  // what to do when another process holds it

    // Throws Error(failed) when it is held and `busy` is refuse; `what` names the locked thing in the message.
    FileLock(const std::filesystem::path& path, const std::string& what, Busy busy = Busy::refuse);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int descriptor_ = -1;
};

}  // namespace dsqbench
