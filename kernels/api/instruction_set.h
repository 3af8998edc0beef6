// Which instruction-set extensions a kernel needs and this processor has.
#pragma once

#include <string>

namespace dsqbench {

enum class InstructionSet : unsigned {
    baseline = 0,  // what every processor of the build's architecture has
    avx2 = 1U << 0,
    neon = 1U << 1,               // Advanced SIMD of ARMv8.0
    neon_dot = 1U << 2,           // SDOT and UDOT: ARMv8.2 with asimddp, from Cortex-A55 and A76 on
    neon_i8mm = 1U << 3,          // SMMLA: i8mm, from Neoverse N2 and Cortex-A510 on
    avx_vnni = 1U << 8,           // 256-bit vpdpbusd in VEX encoding
    avx512 = 1U << 9,             // F, BW, DQ and VL: Skylake-X and later
    avx512_vnni = 1U << 10,       // vpdpbusd
    avx512_vpopcntdq = 1U << 11,  // vpopcntd
};

// A set of them: bits of InstructionSet.
struct InstructionSets {
    unsigned bits = 0;

    constexpr InstructionSets(InstructionSet set) : bits(static_cast<unsigned>(set)) {}
    constexpr explicit InstructionSets(unsigned all_bits) : bits(all_bits) {}
    constexpr InstructionSets operator|(InstructionSets other) const { return InstructionSets(bits | other.bits); }
    constexpr bool contain(InstructionSets needed) const { return (needed.bits & ~bits) == 0; }
};

// Asked once (cpuid, or what the architecture guarantees), then remembered.
InstructionSets available_instruction_sets();

// "baseline", "avx2", "avx2+avx512", "neon".
std::string name(InstructionSets sets);

}  // namespace dsqbench
