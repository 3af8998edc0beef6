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
// Those beyond AVX2. `has_the_table`: whether the processor is one of roof_loops_avx512.cpp's.
std::vector<RoofLoop> wide_roof_loops(bool has_the_table);
#endif

}  // namespace dsqbench
