#include "suite/blocked/instruction_set.h"

#include <cstdlib>
#include <string>

#include "suite/core/error.h"

namespace dsqbench::blocked {

namespace {

InstructionSet best() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0)
        return InstructionSet::avx512;
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) return InstructionSet::avx2;
#endif
    return InstructionSet::none;
}

InstructionSet chosen() {
    const char* wanted = std::getenv("DSQBENCH_TRAINING_ISA");
    if (wanted == nullptr || *wanted == '\0') return best();
    const std::string name = wanted;
    InstructionSet asked = InstructionSet::none;
    for (const auto set : {InstructionSet::avx2, InstructionSet::avx512})
        if (name == name_of(set)) asked = set;
    if (name != name_of(asked))
        throw Error(ExitCode::usage, "DSQBENCH_TRAINING_ISA='" + name + "' is unknown", "known: none, avx2, avx512");
    if (asked > best())
        throw Error(ExitCode::unavailable, "this processor does not have " + name, "unset DSQBENCH_TRAINING_ISA");
    return asked;
}

}  // namespace

InstructionSet instruction_set() {
    static const InstructionSet set = chosen();
    return set;
}

std::string name_of(InstructionSet set) {
    return set == InstructionSet::none ? "none" : set == InstructionSet::avx2 ? "avx2" : "avx512";
}

}  // namespace dsqbench::blocked
