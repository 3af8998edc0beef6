// Which copies of the convolutions this processor runs.
#pragma once

#include <string>

namespace dsqbench::blocked {

enum class InstructionSet { none, avx2, avx512 };

// The best of this processor, or the lower one that DSQBENCH_TRAINING_ISA (none, avx2, avx512) names. Read once.
InstructionSet instruction_set();

std::string name_of(InstructionSet set);  // "none", "avx2", "avx512"

}  // namespace dsqbench::blocked
