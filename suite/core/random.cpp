#include "suite/core/random.h"

#include <cmath>
#include <string>

#include "suite/core/hash.h"

namespace dsqbench {

std::uint64_t derive_seed(std::uint64_t root, std::string_view purpose, std::initializer_list<std::uint64_t> indices) {
    std::string text = std::to_string(root) + "/" + std::string(purpose);
    for (const auto index : indices) text += "/" + std::to_string(index);
    return std::stoull(sha256_hex(text).substr(0, 16), nullptr, 16);
}

std::uint64_t Random::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double Random::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
}

std::uint64_t Random::below(std::uint64_t bound) {
    // Reject the few values at the top that would make the remainder uneven.
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = next();
    while (value >= limit) value = next();
    return value % bound;
}

}  // namespace dsqbench
