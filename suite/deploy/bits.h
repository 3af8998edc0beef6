// Codes in a dense stream of bits, for weights on disk: code i in bits i b to (i + 1) b - 1, lowest bits first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dsqbench::deploy {

constexpr std::size_t dense_bytes(std::size_t count, int bits) {
    return (count * static_cast<std::size_t>(bits) + 7) / 8;
}

// `codes`: one byte each, below 2^bits; 1 to 8 bits.
std::vector<std::uint8_t> to_dense(std::span<const std::uint8_t> codes, int bits);

// `dense`: dense_bytes(count, bits) bytes.
std::vector<std::uint8_t> from_dense(std::span<const std::uint8_t> dense, std::size_t count, int bits);

}  // namespace dsqbench::deploy
