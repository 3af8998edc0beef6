// The one layout of activations between layers, for every kernel on every processor.
//
// NHWC. The codes of a pixel fill whole bytes, the lowest bits first:
//
//     bits  codes a byte  code of channel c               channels rounded up to
//     1     8             byte c / 8, bit c % 8           8
//     2     4             byte c / 4, bits 2 (c % 4) ..   4
//     3..8  1             byte c                          4
//
// Fields beyond the last channel are 0. A byte of 1- or 2-bit codes is an address into a look-up kernel's dictionary as
// it stands; from 3 bits on the kernels multiply bytes, and unpacking nibbles would cost them a shuffle for every load.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dsqbench {

constexpr int codes_per_byte(int bits) {
    return bits == 1 ? 8 : bits == 2 ? 4 : 1;
}

// Channels with the unused fields of a pixel's last bytes.
constexpr int padded_channels(int channels, int bits) {
    const int unit = bits == 1 ? 8 : 4;
    return (channels + unit - 1) / unit * unit;
}

constexpr int pixel_bytes(int channels, int bits) {
    return padded_channels(channels, bits) / codes_per_byte(bits);
}

// The code of one channel of a packed pixel.
constexpr int packed_code(const std::uint8_t* pixel, int channel, int bits) {
    const int codes = codes_per_byte(bits);
    return codes == 1 ? pixel[channel] : pixel[channel / codes] >> (channel % codes * bits) & ((1 << bits) - 1);
}

// `codes`: one byte a code, [pixels][channels]. Throws ShapeError when a code has more than `bits` bits or the length
// is no whole number of pixels.
std::vector<std::uint8_t> pack_codes(std::span<const std::uint8_t> codes, int channels, int bits);

// The inverse of pack_codes().
std::vector<std::uint8_t> unpack_codes(std::span<const std::uint8_t> packed, int channels, int bits);

}  // namespace dsqbench
