#include "suite/data/gzip.h"

#include <gtest/gtest.h>

#include "tests/data/encoded_files.h"
#include "tests/data/expect_error.h"

namespace dsqbench {
namespace {

TEST(Gzip, is_told_by_its_first_bytes) {
    EXPECT_TRUE(is_gzip(gzip_bytes("a")));
    EXPECT_FALSE(is_gzip("a"));
    EXPECT_FALSE(is_gzip(""));
}

TEST(Gzip, gives_the_content_back) {
    std::string content;
    for (std::uint32_t i = 0; i < 300000; ++i) content += static_cast<char>(i * i >> 3);
    const std::string bytes = gzip_bytes(content);
    EXPECT_EQ(gunzip_exactly(bytes, content.size(), "f"), content);
    EXPECT_EQ(gunzip_start(bytes, 5, "f"), content.substr(0, 5));
    EXPECT_EQ(gunzip_start(bytes, content.size() + 5, "f"), content);
    EXPECT_EQ(gunzip_exactly(gzip_bytes(""), 0, "f"), "");
}

TEST(Gzip, truncated_anywhere_is_an_error) {
    const std::string bytes = gzip_bytes("some content that is worth keeping whole");
    for (std::size_t length = 2; length < bytes.size(); ++length)
        EXPECT_THROW(gunzip_exactly(bytes.substr(0, length), 40, "f"), Error) << length;
    expect_data_error("train.gz", "truncated", [&] { gunzip_exactly(bytes.substr(0, 20), 40, "train.gz"); });
}

TEST(Gzip, checksum_is_verified) {
    std::string bytes = gzip_bytes("content");
    bytes[bytes.size() - 8] ^= 1;  // RFC 1952: CRC-32 and size are the last 8 bytes
    expect_data_error("f", "damaged", [&] { gunzip_exactly(bytes, 7, "f"); });
}

TEST(Gzip, content_of_another_size_is_an_error) {
    expect_data_error("f", "holds 7 bytes where its header states 8",
                      [] { gunzip_exactly(gzip_bytes("content"), 8, "f"); });
    expect_data_error("f", "more than the 6 bytes", [] { gunzip_exactly(gzip_bytes("content"), 6, "f"); });
}

TEST(Gzip, trailing_bytes_are_an_error) {
    expect_data_error("f", "follow the end", [] { gunzip_exactly(gzip_bytes("content") + "x", 7, "f"); });
}

}  // namespace
}  // namespace dsqbench
