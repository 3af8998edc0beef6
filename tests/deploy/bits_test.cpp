#include "suite/deploy/bits.h"

#include <gtest/gtest.h>

#include "suite/core/random.h"

namespace dsqbench::deploy {
namespace {

TEST(DenseBits, come_back_for_every_width_and_length) {
    Random random(1);
    for (int bits = 1; bits <= 8; ++bits)
        for (std::size_t count = 0; count < 40; ++count) {
            std::vector<std::uint8_t> codes(count);
            for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random.below(std::uint64_t{1} << bits));
            const auto dense = to_dense(codes, bits);
            ASSERT_EQ(dense.size(), dense_bytes(count, bits));
            ASSERT_EQ(from_dense(dense, count, bits), codes) << bits << " bits, " << count << " codes";
        }
}

TEST(DenseBits, lie_with_the_lowest_bits_first) {
    EXPECT_EQ(to_dense(std::vector<std::uint8_t>{1, 2, 3, 0}, 2), (std::vector<std::uint8_t>{0b00111001}));
    EXPECT_EQ(to_dense(std::vector<std::uint8_t>{7, 0, 5}, 3), (std::vector<std::uint8_t>{0b01000111, 0b1}));
}

}  // namespace
}  // namespace dsqbench::deploy
