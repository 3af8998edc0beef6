#include "kernels/api/instruction_set.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace dsqbench {
namespace {

#if defined(__x86_64__)
// Leaf 7, sub-leaf 1 of cpuid; clang 14 does not know the name.
bool has_avx_vnni() {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax >> 4 & 1) != 0;
}

InstructionSets detect_x86() {
    __builtin_cpu_init();
    InstructionSets sets = InstructionSet::baseline;
    // __builtin_cpu_supports() also asks the operating system whether it saves the wide registers.
    if (!__builtin_cpu_supports("avx2")) return sets;
    sets = sets | InstructionSet::avx2;
    if (has_avx_vnni()) sets = sets | InstructionSet::avx_vnni;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
        return sets;
    sets = sets | InstructionSet::avx512;
    if (__builtin_cpu_supports("avx512vnni")) sets = sets | InstructionSet::avx512_vnni;
    if (__builtin_cpu_supports("avx512vpopcntdq")) sets = sets | InstructionSet::avx512_vpopcntdq;
    return sets;
}
#elif defined(__aarch64__)
// What the kernel passes to a program; the identification registers need privileges. Advanced SIMD is mandatory.
InstructionSets detect_arm() {
    unsigned bits = InstructionSets(InstructionSet::neon).bits;
    if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0) bits |= InstructionSets(InstructionSet::neon_dot).bits;
    if ((getauxval(AT_HWCAP2) & HWCAP2_I8MM) != 0) bits |= InstructionSets(InstructionSet::neon_i8mm).bits;
    return InstructionSets(bits);
}
#endif

InstructionSets detect() {
#if defined(__x86_64__)
    return detect_x86();
#elif defined(__aarch64__)
    return detect_arm();
#else
    return InstructionSet::baseline;
#endif
}

}  // namespace

InstructionSets available_instruction_sets() {
    static const InstructionSets available = detect();
    return available;
}

std::string name(InstructionSets sets) {
    std::string text;
    if (sets.contain(InstructionSet::avx2)) text += "+avx2";
    if (sets.contain(InstructionSet::avx_vnni)) text += "+avx_vnni";
    if (sets.contain(InstructionSet::avx512)) text += "+avx512";
    if (sets.contain(InstructionSet::avx512_vnni)) text += "+avx512_vnni";
    if (sets.contain(InstructionSet::avx512_vpopcntdq)) text += "+avx512_vpopcntdq";
    if (sets.contain(InstructionSet::neon)) text += "+neon";
    if (sets.contain(InstructionSet::neon_dot)) text += "+neon_dot";
    if (sets.contain(InstructionSet::neon_i8mm)) text += "+neon_i8mm";
    return text.empty() ? "baseline" : text.substr(1);
}

}  // namespace dsqbench
