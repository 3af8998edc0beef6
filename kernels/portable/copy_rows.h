// Short copies one after the other: what gathering a panel is made of. Calls of memcpy() took longer than the copies.
#pragma once

#include <cstddef>
#include <cstring>

namespace dsqbench {

struct RowCopies {
    std::byte* to;
    std::ptrdiff_t to_stride;
    const std::byte* from;
    std::ptrdiff_t from_stride;
    int count;
    std::ptrdiff_t bytes;  // of each
};

// What is no multiple of `size` is copied as two pieces that overlap.
template <std::ptrdiff_t size>
inline __attribute__((always_inline)) void copy_pieces(const RowCopies& copies) {
    std::byte* to = copies.to;
    const std::byte* from = copies.from;
    const std::ptrdiff_t last = copies.bytes - size;
    for (int i = 0; i < copies.count; ++i, to += copies.to_stride, from += copies.from_stride) {
        for (std::ptrdiff_t at = 0; at < last; at += size) std::memcpy(to + at, from + at, size);
        std::memcpy(to + last, from + last, size);
    }
}

// Pieces of up to `largest` bytes: a vector of the instruction set that this is compiled for.
template <std::ptrdiff_t largest>
inline __attribute__((always_inline)) void copy_rows(const RowCopies& copies) {
    if constexpr (largest > 1) {
        if (copies.bytes < largest) return copy_rows<largest / 2>(copies);
    } else {
        if (copies.bytes == 0) return;
    }
    copy_pieces<largest>(copies);
}

using CopyRows = void (*)(const RowCopies&);
void copy_rows_portable(const RowCopies& copies);

}  // namespace dsqbench
