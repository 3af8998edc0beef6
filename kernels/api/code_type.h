// What a low-bit code means. A code is the stored field, 0 .. 2^bits - 1; its value is the integer that enters the
// sums.
#pragma once

namespace dsqbench {

enum class Coding {
    unsigned_codes,  // value = code:                0 .. 2^b - 1
    signed_codes,    // value = code - 2^(b-1):      -2^(b-1) .. 2^(b-1) - 1
    offset_codes,    // value = 2 code - (2^b - 1):  the odd numbers, twice a half-integer grid; at one bit -1 and +1
};

// The smallest and largest integer that something can be, inclusive.
struct Range {
    int minimum = 0;
    int maximum = 0;
};

constexpr int magnitude(Range range) {
    return range.maximum > -range.minimum ? range.maximum : -range.minimum;
}

struct CodeType {
    int bits = 8;  // 1 .. 8
    Coding coding = Coding::unsigned_codes;

    constexpr int levels() const { return 1 << bits; }
    constexpr int step() const { return coding == Coding::offset_codes ? 2 : 1; }
    constexpr int minimum() const {
        if (coding == Coding::signed_codes) return -(levels() / 2);
        return coding == Coding::offset_codes ? 1 - levels() : 0;
    }
    constexpr int value(int code) const { return minimum() + step() * code; }
    constexpr Range range() const { return {minimum(), value(levels() - 1)}; }
};

}  // namespace dsqbench
