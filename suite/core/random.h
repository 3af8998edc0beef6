// Random numbers with a name. A stream's seed is derived from the run's seed and a purpose,
//     Random random(derive_seed(run_seed, "augment", epoch));
// never from the clock, and every distribution is ours, so that a seed means the same numbers on every platform and
// library version.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace dsqbench {

// SHA-256 of the root, the purpose and the indices, first 8 bytes.
std::uint64_t derive_seed(std::uint64_t root, std::string_view purpose, std::initializer_list<std::uint64_t> indices = {});

// SplitMix64 (Steele, Lea and Flood 2014): 64 bits of state, passes BigCrush, trivially checkpointed.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();
    double uniform();                         // [0, 1), 53 bits
    double normal();                          // mean 0, standard deviation 1 (Box-Muller)
    std::uint64_t below(std::uint64_t bound);  // [0, bound), unbiased; bound must not be 0

    template <class T>
    void shuffle(std::vector<T>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::uint64_t state_;
};

}  // namespace dsqbench
