#include "kernels/portable/operand.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

// The sum of the 1- or 2-bit codes in eight bytes: neighbouring fields are added in parallel (Hacker's Delight, 5-1).
template <int bits>
std::int32_t sum_of_fields(std::uint64_t word) {
    if constexpr (bits == 1) word = (word & 0x5555555555555555U) + (word >> 1 & 0x5555555555555555U);
    word = (word & 0x3333333333333333U) + (word >> 2 & 0x3333333333333333U);
    word = (word & 0x0F0F0F0F0F0F0F0FU) + (word >> 4 & 0x0F0F0F0F0F0F0F0FU);
    return static_cast<std::int32_t>(word * 0x0101010101010101U >> 56);
}

template <int bits>
std::int32_t sum_of_packed(const std::uint8_t* packed, std::ptrdiff_t bytes) {
    std::int32_t sum = 0;
    std::uint64_t word = 0;
    for (; bytes >= 8; bytes -= 8, packed += 8) {
        std::memcpy(&word, packed, 8);
        sum += sum_of_fields<bits>(word);
    }
    if (bytes == 0) return sum;
    word = 0;
    std::memcpy(&word, packed, static_cast<std::size_t>(bytes));
    return sum + sum_of_fields<bits>(word);
}

}  // namespace

OperandImage::OperandImage(const ConvolutionProblem& problem, OperandFormat format, Mapping mapping)
    : format_(format),
      channels_(problem.shape.in_channels),
      bits_(problem.activations.bits),
      // Words that are codes of a byte each need no filling up: of three channels it would be a quarter of all
      // products.
      pixel_elements_(format == OperandFormat::words && codes_per_byte(bits_) == 1 ? channels_
                                                                                   : padded_channels(channels_, bits_)),
      packed_pixel_bytes_(dsqbench::pixel_bytes(channels_, bits_)),
      pixel_bytes_(operand_bytes(format, pixel_elements_)),
      multiplier_(problem.activations.step() / mapping.step),
      addend_(mapping.element(problem.activations.minimum())) {
    if (codes_per_byte(bits_) > 1 && (format_ == OperandFormat::bytes || format_ == OperandFormat::words)) fill_table();
}

bool OperandImage::packed_codes_serve() const {
    if (format_ == OperandFormat::bits) return true;
    return format_ == OperandFormat::bytes && codes_per_byte(bits_) == 1 && multiplier_ == 1 && addend_ == 0;
}

void OperandImage::fill_table() {
    const int codes = codes_per_byte(bits_);
    for (int byte = 0; byte < 256; ++byte) {
        for (int i = 0; i < codes; ++i) {
            const int code = byte >> (i * bits_) & ((1 << bits_) - 1);
            const auto element = static_cast<std::int16_t>(multiplier_ * code + addend_);
            const std::ptrdiff_t size = operand_bytes(format_, 1);
            // Little-endian, so that the low byte comes first: x86, and ARM as Linux runs it.
            std::memcpy(table_[static_cast<std::size_t>(byte)].data() + i * size, &element,
                        static_cast<std::size_t>(size));
        }
    }
}

void OperandImage::expand_table(const std::uint8_t* packed, std::byte* elements) const {
    const std::ptrdiff_t chunk = operand_bytes(format_, codes_per_byte(bits_));
    for (std::ptrdiff_t i = 0; i < packed_pixel_bytes_; ++i)
        std::memcpy(elements + i * chunk, table_[packed[i]].data(), static_cast<std::size_t>(chunk));
}

void OperandImage::expand_bytes(const std::uint8_t* packed, std::byte* elements) const {
    for (int i = 0; i < channels_; ++i) elements[i] = static_cast<std::byte>(multiplier_ * packed[i] + addend_);
}

void OperandImage::expand_words(const std::uint8_t* packed, std::byte* elements) const {
    auto* words = reinterpret_cast<std::int16_t*>(elements);
    for (int i = 0; i < channels_; ++i) words[i] = static_cast<std::int16_t>(multiplier_ * packed[i] + addend_);
}

// Of all pixels at once: a pixel has a few bytes, too few for the compiler's vectors.
void OperandImage::expand_dictionary(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const {
    auto* offsets = reinterpret_cast<std::uint16_t*>(elements);
    const std::int64_t bytes = pixels * packed_pixel_bytes_;
    if (bits_ == 2) {
        for (std::int64_t i = 0; i < bytes; ++i) offsets[i] = static_cast<std::uint16_t>(packed[i] << 4);
        return;
    }
    for (std::int64_t i = 0; i < bytes; ++i) {
        offsets[2 * i] = static_cast<std::uint16_t>((packed[i] & 0x0F) << 4);
        offsets[2 * i + 1] = static_cast<std::uint16_t>(packed[i] & 0xF0);
    }
}

// Up to four bytes to words in a few operations a pixel: those of an image took longer one by one than a tenth of the
// convolution. Eight bytes are written where a pixel may have fewer, so not for the last ones.
std::int64_t OperandImage::expand_few(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const {
    const bool fits = format_ == OperandFormat::words && codes_per_byte(bits_) == 1 && channels_ >= 1 &&
                      channels_ <= 4 && multiplier_ == 1 && addend_ == 0;
    if (!fits) return 0;
    const std::int64_t count = std::max<std::int64_t>(0, pixels - (8 + pixel_bytes_ - 1) / pixel_bytes_ + 1);
    for (std::int64_t pixel = 0; pixel < count; ++pixel, packed += packed_pixel_bytes_, elements += pixel_bytes_) {
        std::uint32_t codes;
        std::memcpy(&codes, packed, sizeof codes);
        std::uint64_t words = (codes | std::uint64_t{codes} << 16) & 0x0000FFFF0000FFFFU;
        words = (words | words << 8) & 0x00FF00FF00FF00FFU;
        std::memcpy(elements, &words, sizeof words);
    }
    return count;
}

void OperandImage::expand(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const {
    const std::int64_t done = expand_few(packed, pixels, elements);
    packed += done * packed_pixel_bytes_;
    elements += done * pixel_bytes_;
    pixels -= done;
    if (format_ == OperandFormat::bits) {
        const auto bytes = static_cast<std::size_t>(pixels * pixel_bytes_);
        if (bytes > 0) std::memcpy(elements, packed, bytes);
        return;
    }
    if (format_ == OperandFormat::dictionary) return expand_dictionary(packed, pixels, elements);
    const std::ptrdiff_t used = operand_bytes(format_, channels_);
    const bool has_gap = used < pixel_bytes_;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
        if (codes_per_byte(bits_) > 1)
            expand_table(packed, elements);
        else if (format_ == OperandFormat::bytes)
            expand_bytes(packed, elements);
        else
            expand_words(packed, elements);
        if (has_gap) std::memset(elements + used, 0, static_cast<std::size_t>(pixel_bytes_ - used));
        packed += packed_pixel_bytes_;
        elements += pixel_bytes_;
    }
}

void OperandImage::pixel_sums(const std::uint8_t* packed, std::int64_t pixels, std::int32_t* sums) const {
    const std::ptrdiff_t bytes = packed_pixel_bytes_;
    const std::int32_t constant = addend_ * channels_;
    if (codes_per_byte(bits_) == 1) {
        for (std::int64_t i = 0; i < pixels; ++i, packed += bytes)
            sums[i] = multiplier_ * std::accumulate(packed, packed + channels_, 0) + constant;
    } else if (bits_ == 1) {
        for (std::int64_t i = 0; i < pixels; ++i, packed += bytes)
            sums[i] = multiplier_ * sum_of_packed<1>(packed, bytes) + constant;
    } else {
        for (std::int64_t i = 0; i < pixels; ++i, packed += bytes)
            sums[i] = multiplier_ * sum_of_packed<2>(packed, bytes) + constant;
    }
}

}  // namespace dsqbench
