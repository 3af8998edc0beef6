// Weights of a later block, asked for while the block before is computed. A processor's own prefetcher stops at the end
// of a page, and at 512 channels there are megabytes of weights, each used for a few tiles only.
#pragma once

#include <cstddef>

namespace dsqbench {

constexpr std::ptrdiff_t cache_line_bytes = 64;

// Part `part` of `parts` of the `bytes` bytes at `first`, which all exist; none behind the last block. A part before
// each tile: in the tile's loop a prefetch a line is 4 % of its instructions, and all tiles but one ask for what is
// there.
inline void prefetch_part(const std::byte* first, std::ptrdiff_t bytes, int part, int parts) {
    const std::ptrdiff_t lines = (bytes + cache_line_bytes - 1) / cache_line_bytes;
    const std::ptrdiff_t end = lines * (part + 1) / parts;
    for (std::ptrdiff_t line = lines * part / parts; line < end; ++line)
        __builtin_prefetch(first + line * cache_line_bytes, 0, 2);
}

}  // namespace dsqbench
