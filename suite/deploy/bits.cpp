#include "suite/deploy/bits.h"

namespace dsqbench::deploy {

std::vector<std::uint8_t> to_dense(std::span<const std::uint8_t> codes, int bits) {
    std::vector<std::uint8_t> dense(dense_bytes(codes.size(), bits));
    std::size_t bit = 0;
    for (const std::uint8_t code : codes) {
        const unsigned shifted = static_cast<unsigned>(code) << (bit % 8);
        dense[bit / 8] = static_cast<std::uint8_t>(dense[bit / 8] | shifted);
        if (shifted >> 8 != 0) dense[bit / 8 + 1] = static_cast<std::uint8_t>(shifted >> 8);
        bit += static_cast<std::size_t>(bits);
    }
    return dense;
}

std::vector<std::uint8_t> from_dense(std::span<const std::uint8_t> dense, std::size_t count, int bits) {
    std::vector<std::uint8_t> codes(count);
    const unsigned mask = (1U << bits) - 1;
    std::size_t bit = 0;
    for (std::uint8_t& code : codes) {
        unsigned both = dense[bit / 8];
        if (bit / 8 + 1 < dense.size()) both |= static_cast<unsigned>(dense[bit / 8 + 1]) << 8;
        code = static_cast<std::uint8_t>(both >> (bit % 8) & mask);
        bit += static_cast<std::size_t>(bits);
    }
    return codes;
}

}  // namespace dsqbench::deploy
