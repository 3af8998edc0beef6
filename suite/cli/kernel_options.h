// Values of options that name kernels, bits, instruction sets and rivals. Each throws Error(usage) with the known ones.
#pragma once

#include <string>
#include <vector>

#include "kernels/api/instruction_set.h"
#include "kernels/bench/layer_case.h"

namespace dsqbench {

// "2" is W2A2, "2/8" is W2A8.
BitPair bits_named(const std::string& text);

// Names of kernels, "all" being every one of this build.
std::vector<std::string> variants_named(const std::vector<std::string>& names);

// "avx2", "baseline", several with commas; "" is everything that this processor has. Error(unavailable) for a set that
// it lacks.
InstructionSets instruction_sets_named(const std::string& text);

// "all", "none", libraries ("onednn") or operators ("onednn/matmul_f32"), each once: of layers, and of whole networks.
std::vector<std::string> rivals_named(const std::vector<std::string>& names);
std::vector<std::string> rival_networks_named(const std::vector<std::string>& names);

// Error(unavailable) for more threads than the process may use processors: they would only take turns.
void check_threads(int threads);

}  // namespace dsqbench
