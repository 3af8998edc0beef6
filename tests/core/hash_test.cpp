#include "suite/core/hash.h"

#include <gtest/gtest.h>

#include <string>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

// The examples of FIPS 180-4 (NIST, "Secure Hash Standard: SHA-256 examples").
constexpr const char* digest_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* digest_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* digest_of_million_a = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, gives_the_digests_of_fips_180_4) {
    EXPECT_EQ(sha256_hex(""), digest_of_nothing);
    EXPECT_EQ(sha256_hex("abc"), digest_of_abc);
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), digest_of_million_a);
}

TEST(Sha256, does_not_depend_on_how_the_bytes_were_split) {
    EXPECT_EQ(Sha256().update("a").update("").update("bc").hex_digest(), digest_of_abc);
}

TEST(Sha256, streams_a_file) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "nothing", "");
    write_file_atomically(folder / "a", std::string(1'000'000, 'a'));
    EXPECT_EQ(sha256_hex_of_file(folder / "nothing"), digest_of_nothing);
    EXPECT_EQ(sha256_hex_of_file(folder / "a"), digest_of_million_a);
}

TEST(Sha256, refuses_a_missing_file_and_a_folder) {
    const TemporaryFolder folder;
    EXPECT_THROW(sha256_hex_of_file(folder / "missing"), Error);
    EXPECT_THROW(sha256_hex_of_file(folder.path()), Error);
}

}  // namespace
}  // namespace dsqbench
