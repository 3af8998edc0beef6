#include "kernels/api/layout.h"

#include <string>

#include "kernels/api/error.h"

namespace dsqbench {
namespace {

std::size_t whole_pixels(std::size_t length, int unit) {
    if (unit <= 0) return 0;
    const auto size = static_cast<std::size_t>(unit);
    if (length % size != 0)
        throw ShapeError(std::to_string(length) + " bytes are no whole number of pixels of " + std::to_string(unit));
    return length / size;
}

}  // namespace

std::vector<std::uint8_t> pack_codes(std::span<const std::uint8_t> codes, int channels, int bits) {
    const std::size_t pixels = whole_pixels(codes.size(), channels);
    const auto stride = static_cast<std::size_t>(pixel_bytes(channels, bits));
    const int per_byte = codes_per_byte(bits);
    std::vector<std::uint8_t> packed(pixels * stride);
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        for (int channel = 0; channel < channels; ++channel) {
            const int code = codes[pixel * static_cast<std::size_t>(channels) + static_cast<std::size_t>(channel)];
            if (code >> bits != 0)
                throw ShapeError("code " + std::to_string(code) + " has more than " + std::to_string(bits) + " bits");
            std::uint8_t& byte = packed[pixel * stride + static_cast<std::size_t>(channel / per_byte)];
            byte = static_cast<std::uint8_t>(byte | code << (per_byte == 1 ? 0 : channel % per_byte * bits));
        }
    }
    return packed;
}

std::vector<std::uint8_t> unpack_codes(std::span<const std::uint8_t> packed, int channels, int bits) {
    const auto stride = static_cast<std::size_t>(pixel_bytes(channels, bits));
    const std::size_t pixels = whole_pixels(packed.size(), pixel_bytes(channels, bits));
    std::vector<std::uint8_t> codes;
    codes.reserve(pixels * static_cast<std::size_t>(channels));
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (int channel = 0; channel < channels; ++channel)
            codes.push_back(static_cast<std::uint8_t>(packed_code(packed.data() + pixel * stride, channel, bits)));
    return codes;
}

}  // namespace dsqbench
