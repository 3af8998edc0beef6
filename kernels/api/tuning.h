// Measured costs: which kernel is the fastest for a shape on a processor, kept in a text file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "kernels/api/variant.h"

namespace dsqbench {

// Shape and code types in one line; epilogues cost nearly the same for every kernel and are left out.
std::string tuning_key(const ConvolutionProblem& problem);

// Nanoseconds of one run, by problem and kernel.
struct CostTable {
    std::string processor;  // that was measured, in whatever words its writer compares
    std::map<std::string, std::map<std::string, std::int64_t>> nanoseconds;  // [tuning_key()][variant's name]
};

// The one with the least measured cost among those that can run; without a measurement, choose_variant()'s. Names that
// this build does not know are ignored.
const KernelVariant& choose_variant(const ConvolutionProblem& problem, InstructionSets available,
                                    const CostTable& table);

// Version 2:
//     dsqbench kernel costs 2
//     processor TAB <processor>
//     <nanoseconds> TAB <kernel> TAB <problem>
std::string to_text(const CostTable& table);
// Throws KernelError, which names the line.
CostTable parse_cost_table(std::string_view text);

}  // namespace dsqbench
