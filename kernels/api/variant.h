// The kernels that this program was built with, and the choice among them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/api/convolution.h"
#include "kernels/api/instruction_set.h"

namespace dsqbench {

struct KernelVariant {
    std::string name;  // "<folder>/<scheme>", such as "avx2/dictionary"
    InstructionSets needs;
    // Whether it computes a valid problem, and exactly.
    bool (*supports)(const ConvolutionProblem&);
    // Expected cost of a nominal multiply-accumulate, relative to the other variants on the same processor.
    double (*cost)(const ConvolutionProblem&);
    // `weights`: weight_count() codes. The problem is valid and supported.
    std::unique_ptr<Convolution> (*prepare)(const ConvolutionProblem&, std::span<const std::uint8_t> weights);
};

// Every variant of this build, whether or not this processor runs it, in a fixed order.
const std::vector<KernelVariant>& kernel_variants();

// Throws KernelError for an unknown name; the message lists the known ones.
const KernelVariant& find_variant(std::string_view name);

// The cheapest one that supports the problem and needs nothing outside `available`.
const KernelVariant& choose_variant(const ConvolutionProblem& problem, InstructionSets available);

// Checks the problem, the weights (their number and that each is a code of its type) and the processor, then packs.
// Throws ShapeError or KernelError.
std::unique_ptr<Convolution> prepare(const KernelVariant& variant, const ConvolutionProblem& problem,
                                     std::span<const std::uint8_t> weights);

// The same with the variant of choose_variant() for this processor.
std::unique_ptr<Convolution> prepare(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights);

}  // namespace dsqbench
