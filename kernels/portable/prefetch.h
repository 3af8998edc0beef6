// Weights of a later block, asked for while the block before is computed. A processor's own prefetcher stops at the end
// of a page, and at 512 channels there are megabytes of weights, each used for a few tiles only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace dsqbench {

constexpr std::ptrdiff_t cache_line_bytes = 64;
// Weights that are no more stay in the second-level cache by themselves, and asking for them took 13 % of Winograd's
// time at 64 channels.
constexpr std::ptrdiff_t cached_weight_bytes = 256 * 1024;

// Bytes that all exist, in as many parts as there are tiles, a part before each: in the tile's loop a prefetch a line
// is 4 % of its instructions, and all tiles but one ask for what is there.
class Prefetch {
public:
    Prefetch(const std::byte* first, std::ptrdiff_t bytes, int parts)
        : first_(first),
          lines_(static_cast<int>((bytes + cache_line_bytes - 1) / cache_line_bytes)),
          lines_a_part_((lines_ + parts - 1) / parts) {}

    void next_part() {
        const int end = std::min(line_ + lines_a_part_, lines_);
        for (; line_ < end; ++line_) __builtin_prefetch(first_ + line_ * cache_line_bytes, 0, 2);
    }

private:
    const std::byte* first_;
    int lines_, lines_a_part_, line_ = 0;
};

// What follows `block_bytes` bytes at `block` of all the weights, as many again: nothing behind the last, and nothing
// where all of them stay in the cache.
inline Prefetch prefetch_next(const std::byte* block, std::ptrdiff_t block_bytes, std::span<const std::byte> weights,
                              int parts) {
    const auto size = static_cast<std::ptrdiff_t>(weights.size());
    const std::ptrdiff_t left = weights.data() + size - block - block_bytes;
    return {block + block_bytes, size > cached_weight_bytes ? std::min(block_bytes, left) : 0, parts};
}

}  // namespace dsqbench
