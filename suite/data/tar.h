// Tar archives as shards of a data set: where their files lie, so that any can be read on its own, and how to write
// one. The ustar format (POSIX.1-1988), which ImageNet's archives have: names of up to 255 characters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "suite/core/file_system.h"

namespace dsqbench {

struct TarMember {
    std::string name;
    std::uint64_t offset = 0, size = 0;  // of its bytes in the archive
};

// Regular files in their order; folders are passed over. Throws Error(data) for what is no whole archive, and for
// extensions (long names, links, sparse files).
std::vector<TarMember> tar_members(const std::filesystem::path& archive);

// Is the member where it claims to be? For one that is known from elsewhere.
bool holds_member(const ReadableFile& archive, const TarMember& member);

class TarWriter {
public:
    explicit TarWriter(const std::filesystem::path& archive);
    // Throws Error(failed) when the disk is full, Error(data) for a name that does not fit the format.
    void add(const std::string& name, std::string_view bytes);
    void finish();  // without it, the archive has no end, and is refused when read
    std::uint64_t bytes() const { return bytes_; }

private:
    void write(std::string_view bytes);

    std::filesystem::path path_;
    std::ofstream file_;
    std::uint64_t bytes_ = 0;
};

}  // namespace dsqbench
