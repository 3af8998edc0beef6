// Which instruction-set extensions a kernel needs and this processor has.
#pragma once

#include <string>

namespace dsqbench {

enum class InstructionSet : unsigned {
    baseline = 0,  // what every processor of the build's architecture has
    avx2 = 1U << 0,
    neon = 1U << 1,  // Advanced SIMD of ARMv8.0
};

// A set of them: bits of InstructionSet.
struct InstructionSets {
    unsigned bits = 0;

    constexpr InstructionSets(InstructionSet set) : bits(static_cast<unsigned>(set)) {}
    constexpr explicit InstructionSets(unsigned all_bits) : bits(all_bits) {}
    constexpr bool contain(InstructionSets needed) const { return (needed.bits & ~bits) == 0; }
};

// Asked once (cpuid, or what the architecture guarantees), then remembered.
InstructionSets available_instruction_sets();

// "baseline", "avx2", "neon".
std::string name(InstructionSets sets);

}  // namespace dsqbench
