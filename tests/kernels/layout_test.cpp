#include "kernels/api/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/api/error.h"
#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

using ::testing::ElementsAre;

std::vector<std::uint8_t> pack(const std::vector<std::uint8_t>& codes, int channels, int bits) {
    return pack_codes(codes, channels, bits);
}

TEST(Layout, one_bit_codes_fill_a_byte_from_the_lowest_bit) {
    EXPECT_THAT(pack({1, 0, 1, 1, 0, 0, 0, 0, 1}, 9, 1), ElementsAre(0b00001101, 0b00000001));
}

TEST(Layout, two_bit_codes_fill_a_byte_from_the_lowest_bits) {
    EXPECT_THAT(pack({1, 2, 3, 0, 3}, 5, 2), ElementsAre(0b00111001, 0b00000011));
}

TEST(Layout, wider_codes_take_a_byte_and_pixels_whole_groups_of_four) {
    EXPECT_THAT(pack({7, 5, 6, 1, 2, 3}, 3, 3), ElementsAre(7, 5, 6, 0, 1, 2, 3, 0));
}

TEST(Layout, unpacking_inverts_packing) {
    std::mt19937 random(1);
    for (int bits = 1; bits <= 8; ++bits) {
        for (const int channels : {1, 4, 7, 8, 9, 64}) {
            const auto codes =
                testing::make_codes(static_cast<std::size_t>(3 * channels), bits, testing::Fill::random, random);
            EXPECT_EQ(unpack_codes(pack(codes, channels, bits), channels, bits), codes) << bits << " " << channels;
        }
    }
}

TEST(Layout, refuses_codes_that_are_too_wide_and_broken_pixels) {
    EXPECT_THROW(pack({4}, 1, 2), ShapeError);
    EXPECT_THROW(pack({1, 1, 1}, 2, 2), ShapeError);
}

}  // namespace
}  // namespace dsqbench
