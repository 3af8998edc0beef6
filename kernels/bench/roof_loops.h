// Inner loops on registers alone, one a scheme. Nothing but the scheme's instructions, on independent accumulators.
#pragma once

#include <string>
#include <vector>

namespace dsqbench {

struct RoofLoop {
    std::string variant;          // whose inner loop it is
    double macs_per_turn;         // bit-MACs where per_weight_bit
    bool per_weight_bit;          // a weight of two bits takes two passes
    double nominal_per_mac;       // Winograd computes 2.25 nominal MACs by one
    double table_macs_per_cycle;  // the same unit; 0 where no table is known for this processor
    void (*run)(long turns);
};

// Those that this processor can run.
std::vector<RoofLoop> roof_loops();

#if defined(__x86_64__)
// How many instructions the processor starts a cycle, relative to Zen 5 of servers; 0 where it is not known.
struct RelativeStarts {
    double of_256_bits = 0, of_512_bits = 0;
};
// Those beyond AVX2.
std::vector<RoofLoop> wide_roof_loops(RelativeStarts starts);
#endif

}  // namespace dsqbench
