// The files of a zip archive in memory, through libzip.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

struct zip;  // libzip's

namespace dsqbench {

class ZipArchive {
public:
    // `bytes` must outlive it. Throws Error(data) at `place`.
    ZipArchive(std::string_view bytes, const std::string& place);

    // Names and positions.
    const std::map<std::string, std::uint64_t>& entries() const { return entries_; }
    // The file, its checksum verified. Throws Error(data) for one that is not there, is damaged, or is compressed: what
    // PyTorch writes never is, and a small archive cannot ask for much memory then.
    std::string read(const std::string& name) const;

private:
    struct Discard {
        void operator()(zip* archive) const;
    };
    [[noreturn]] void fail(const std::string& message) const;

    std::string place_;
    std::size_t size_;
    std::unique_ptr<zip, Discard> archive_;
    std::map<std::string, std::uint64_t> entries_;
};

}  // namespace dsqbench
