// One layer at one pair of bits: its problem, data whose outputs could be wrong, and the check against the reference.
#pragma once

#include <string>
#include <vector>

#include "kernels/api/variant.h"

namespace dsqbench {

struct BitPair {
    int weights = 0, activations = 0;
    friend bool operator==(const BitPair&, const BitPair&) = default;
};

enum class CheckStatus { passed, failed, skipped, mistrusted };

struct Check {
    CheckStatus status = CheckStatus::skipped;
    std::string reason;  // "" when passed
};

// "passed"
std::string name_of(CheckStatus status);

// Packed codes in, packed codes of the activations' bits out, zero padding, thresholds up to 4 bits, requantisation
// above. Activations are unsigned; weights signed, at one bit -1 and +1. Codes are uniform, from a fixed seed; the
// thresholds lie between the quantiles of the layer's own sums, so that every output code occurs.
class LayerCase {
public:
    LayerCase(const ConvolutionShape& shape, BitPair bits);

    const ConvolutionProblem& problem() const { return problem_; }
    const std::vector<std::uint8_t>& weights() const { return weights_; }
    const std::vector<std::uint8_t>& activations() const { return activations_; }

    // Runs the variant once against the scalar reference, whose output is made at the first call.
    Check check(const KernelVariant& variant);

private:
    std::vector<std::uint8_t> output_of(const KernelVariant& variant) const;

    ConvolutionProblem problem_;
    std::vector<std::uint8_t> weights_;      // one byte a code
    std::vector<std::uint8_t> activations_;  // packed
    std::vector<std::uint8_t> expected_;
};

// MACs without those of padding pixels.
std::int64_t real_macs(const ConvolutionShape& shape);

// "n1h56w56c64k64r3x3s1p1,1,1,1g1": everything of the shape, in this order.
std::string shape_text(const ConvolutionShape& shape);

}  // namespace dsqbench
