#include "kernels/api/instruction_set.h"

namespace dsqbench {
namespace {

InstructionSets detect() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    // Also asks the operating system whether it saves the wide registers.
    return __builtin_cpu_supports("avx2") ? InstructionSet::avx2 : InstructionSet::baseline;
#elif defined(__aarch64__)
    return InstructionSet::neon;  // mandatory in ARMv8-A
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
    if (sets.contain(InstructionSet::neon)) text += "+neon";
    return text.empty() ? "baseline" : text.substr(1);
}

}  // namespace dsqbench
