#include "suite/core/file_system.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// A descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return value_; }

private:
    int value_;
};

std::string hint_for(int number) {
    switch (number) {
        case ENOSPC:
        case EDQUOT:
            return "the disk is full: free some space and run the same command again";
        case EFBIG:
            return "raise the limit on file sizes (ulimit -f)";
        case EACCES:
        case EROFS:
            return "choose a folder that you may write to";
        default:
            return {};
    }
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& action, int number) {
    throw Error(ExitCode::failed, "cannot " + action + ": " + std::strerror(number), hint_for(number), path.string());
}

void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(path, "write", errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sync_folder(const std::filesystem::path& folder) {
    const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor >= 0) ::fsync(descriptor);
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file < 0) throw Error(ExitCode::data, std::string("cannot open: ") + std::strerror(errno), {}, path.string());
    struct stat facts {};
    if (::fstat(file, &facts) != 0 || S_ISDIR(facts.st_mode))
        throw Error(ExitCode::data, "is not a file", {}, path.string());
    std::string bytes;
    char buffer[1 << 16];
    while (true) {
        const ssize_t count = ::read(file, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0)
            throw Error(ExitCode::data, std::string("cannot read: ") + std::strerror(errno), {}, path.string());
        if (count == 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(count));
        if (bytes.size() > limit)
            throw Error(ExitCode::data, "is larger than the " + std::to_string(limit) + " bytes allowed here", {},
                        path.string());
    }
}

void create_folders(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) fail(path, "create the folder", error.value());
}

ReadableFile::ReadableFile(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat facts {};
    if (descriptor_ >= 0 && ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode)) {
        size_ = static_cast<std::uint64_t>(facts.st_size);
        return;
    }
    const int number = errno;
    const bool is_open = descriptor_ >= 0;
    if (is_open) ::close(descriptor_);
    throw Error(ExitCode::data, is_open ? "is not a file" : std::string("cannot open: ") + std::strerror(number), {},
                path.string());
}

ReadableFile::~ReadableFile() {
    ::close(descriptor_);
}

std::string ReadableFile::read(std::uint64_t offset, std::size_t count) const {
    std::string bytes(offset < size_ ? std::min<std::uint64_t>(count, size_ - offset) : 0, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t read =
            ::pread(descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
        if (read < 0 && errno == EINTR) continue;
        if (read < 0)
            throw Error(ExitCode::data, std::string("cannot read: ") + std::strerror(errno), {}, path_.string());
        if (read == 0) break;  // it became shorter
        done += static_cast<std::size_t>(read);
    }
    bytes.resize(done);
    return bytes;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    create_folders(folder);
    const std::filesystem::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
    try {
        const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
        if (file < 0) fail(path, "write", errno);
        write_all(file, bytes, path);
        if (::fsync(file) != 0) fail(path, "sync", errno);
        if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "rename", errno);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    sync_folder(folder);
}

void append_line(const std::filesystem::path& path, std::string_view line) {
    if (path.has_parent_path()) create_folders(path.parent_path());
    const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file < 0) fail(path, "append", errno);
    while (::flock(file, LOCK_EX) != 0)
        if (errno != EINTR) fail(path, "lock", errno);
    const off_t end = ::lseek(file, 0, SEEK_END);
    char last = '\n';
    if (end > 0 && ::pread(file, &last, 1, end - 1) != 1) fail(path, "read", errno);
    std::string bytes = last == '\n' ? "" : "\n";
    bytes.append(line).append("\n");
    try {
        write_all(file, bytes, path);
    } catch (...) {
        // Take a half-written line back; where even that fails, the next append ends it.
        [[maybe_unused]] const int result = ::ftruncate(file, end);
        throw;
    }
    if (::fsync(file) != 0) fail(path, "sync", errno);
}

FileLock::FileLock(const std::filesystem::path& path, const std::string& what, Busy busy) {
    if (path.has_parent_path()) create_folders(path.parent_path());
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail(path, "open the lock", errno);
    int number = 0;
    do {
        if (::flock(descriptor_, busy == Busy::wait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0) return;
        number = errno;
    } while (number == EINTR);
    ::close(std::exchange(descriptor_, -1));
    if (number != EWOULDBLOCK) fail(path, "lock", number);
    throw Error(ExitCode::failed, "another process is working on " + what, "wait for it, or stop it", path.string());
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace dsqbench
