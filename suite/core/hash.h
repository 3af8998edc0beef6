// SHA-256, through libcrypto.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace dsqbench {

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    Sha256& update(std::string_view bytes);
    // 64 lower-case hexadecimal digits. Call once.
    std::string hex_digest();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string sha256_hex(std::string_view bytes);

// Streams the file. Throws Error(data) when it cannot be read.
std::string sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace dsqbench
