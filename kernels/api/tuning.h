// Measured costs: which kernel is the fastest for a shape on this machine, kept in a text file.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "kernels/api/variant.h"

namespace dsqbench {

// Shape and code types in one line; epilogues cost nearly the same for every kernel and are left out.
std::string tuning_key(const ConvolutionProblem& problem);

// Nanoseconds of one run, by problem and kernel.
struct CostTable {
    std::map<std::string, std::map<std::string, std::int64_t>> nanoseconds;  // [tuning_key()][variant's name]
};

struct TuneOptions {
    int repetitions = 9;  // medians of so many runs, the kernels taking turns
};

// Runs every kernel that this processor can run, but for the scalar reference, on each of the problems.
CostTable tune(std::span<const ConvolutionProblem> problems, const TuneOptions& options = {});

// The one with the least measured cost among those that can run; without a measurement, choose_variant()'s. Names that
// this build does not know are ignored.
const KernelVariant& choose_variant(const ConvolutionProblem& problem, InstructionSets available,
                                    const CostTable& table);

// Version 1:
//     dsqbench kernel costs 1
//     <nanoseconds> TAB <kernel> TAB <problem>
std::string to_text(const CostTable& table);
// Throws KernelError, which names the line.
CostTable parse_cost_table(std::string_view text);

}  // namespace dsqbench
