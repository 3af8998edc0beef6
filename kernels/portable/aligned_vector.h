// Vectors that start on a cache line, so that no load of 64 bytes or less from a multiple of its size crosses one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace dsqbench {

template <class T>
struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::align_val_t alignment{64};

    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {}

    T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
    void deallocate(T* memory, std::size_t) { ::operator delete(memory, alignment); }
    bool operator==(const CacheLineAllocator&) const { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

constexpr std::ptrdiff_t round_up(std::ptrdiff_t count, std::ptrdiff_t unit) {
    return (count + unit - 1) / unit * unit;
}

// `count` in as many parts as parts of up to `most` need, all of nearly one size: the size.
constexpr std::int64_t balanced(std::int64_t count, std::int64_t most) {
    const std::int64_t parts = std::max<std::int64_t>(1, (count + most - 1) / most);
    return std::max<std::int64_t>(1, (count + parts - 1) / parts);
}

}  // namespace dsqbench
