#include "suite/core/hash.h"

#include <openssl/evp.h>

#include <fstream>
#include <vector>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

// Fetched once: libcrypto looks EVP_sha256() up again for every hash.
const EVP_MD* sha256() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

}  // namespace

struct Sha256::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(handle); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    if (context_->handle == nullptr || sha256() == nullptr ||
        EVP_DigestInit_ex(context_->handle, sha256(), nullptr) != 1)
        throw Error(ExitCode::failed, "libcrypto offers no SHA-256");
}

Sha256::~Sha256() = default;

Sha256& Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
    return *this;
}

std::string Sha256::hex_digest() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_->handle, digest, &length);
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(2 * length, '\0');
    for (unsigned int i = 0; i < length; ++i) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    return text;
}

std::string sha256_hex(std::string_view bytes) {
    return Sha256().update(bytes).hex_digest();
}

std::string sha256_hex_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    Sha256 hash;
    std::vector<char> buffer(1 << 20);
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
        hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
    if (!file.eof()) throw Error(ExitCode::data, "cannot read the file", {}, path.string());
    return hash.hex_digest();
}

}  // namespace dsqbench
