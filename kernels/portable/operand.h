// How a kernel wants to see codes: the elements that its inner loop multiplies or looks up, made from packed codes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/api/convolution.h"

namespace dsqbench {

enum class OperandFormat {
    bytes,       // an element is one byte, signed or not as the kernel takes it
    words,       // int16
    bits,        // packed one-bit codes as they are
    dictionary,  // four codes are one uint16, 16 times their packed bits: the byte offset of their 16-entry table
};

// value = step * element + offset. Kernels choose elements that suit their instructions; the difference to the values
// is put right once per sum (see Affine).
struct Mapping {
    int step = 1;
    int offset = 0;

    constexpr int element(int value) const { return (value - offset) / step; }
};

// element = code
constexpr Mapping code_mapping(const CodeType& type) {
    return {type.step(), type.minimum()};
}

// element = code - 2^(b-1): the smallest signed bytes
constexpr Mapping centred_mapping(const CodeType& type) {
    return {type.step(), type.value(type.levels() / 2)};
}

// Bytes of `elements` elements; of bits a multiple of 8, of a dictionary's a multiple of 4.
constexpr std::ptrdiff_t operand_bytes(OperandFormat format, std::ptrdiff_t elements) {
    switch (format) {
        case OperandFormat::bytes:
            return elements;
        case OperandFormat::words:
            return elements * 2;
        case OperandFormat::bits:
            return elements / 8;
        case OperandFormat::dictionary:
            break;
    }
    return elements / 2;
}

// The activations of one problem in one format. Elements beyond the last channel of a pixel are 0.
class OperandImage {
public:
    OperandImage(const ConvolutionProblem& problem, OperandFormat format, Mapping mapping);

    std::ptrdiff_t pixel_bytes() const { return pixel_bytes_; }
    int pixel_elements() const { return pixel_elements_; }
    OperandFormat format() const { return format_; }
    // Whether packed codes are elements already, so that expand() need not be called.
    bool packed_codes_serve() const;
    void expand(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const;
    // The sums of pixels' elements.
    void pixel_sums(const std::uint8_t* packed, std::int64_t pixels, std::int32_t* sums) const;

private:
    void expand_table(const std::uint8_t* packed, std::byte* elements) const;
    std::int64_t expand_few(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const;
    void expand_bytes(const std::uint8_t* packed, std::byte* elements) const;
    void expand_words(const std::uint8_t* packed, std::byte* elements) const;
    void expand_dictionary(const std::uint8_t* packed, std::int64_t pixels, std::byte* elements) const;
    void fill_table();

    OperandFormat format_;
    int channels_, bits_, pixel_elements_;
    std::ptrdiff_t packed_pixel_bytes_, pixel_bytes_;
    int multiplier_, addend_;  // element = multiplier * code + addend
    // Of every packed byte of 1- or 2-bit codes the elements, at most eight words.
    std::array<std::array<std::byte, 16>, 256> table_ = {};
};

}  // namespace dsqbench
