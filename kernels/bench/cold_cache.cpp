#include "kernels/bench/cold_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dsqbench {
namespace {

constexpr long smallest_guess = 32L * 1024 * 1024;  // where the system does not say: a server's share of L3
constexpr std::size_t line = 64;

std::size_t bytes_to_touch() {
    const long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE), l3 = sysconf(_SC_LEVEL3_CACHE_SIZE);
    return 2 * static_cast<std::size_t>(std::max({l2, l3, smallest_guess}));
}

}  // namespace

void evict_caches() {
    static std::vector<unsigned char> memory(bytes_to_touch());
    for (std::size_t i = 0; i < memory.size(); i += line) ++memory[i];
    asm volatile("" ::"r"(memory.data()) : "memory");
}

}  // namespace dsqbench
