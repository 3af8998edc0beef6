// Clipping ranges [l, u]: fitted to data, and kept valid.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "quantizers/quantizer.h"

namespace dsqbench {

struct Range {
    at::Tensor l, u;  // [] for one a tensor, [C] for one a channel
};

enum class RangeRule {
    min_max,  // the extremes of the data
    sigma,    // weights: mean - 2.6 sd to mean + 2.6 sd; activations: min to the smaller of max and mean + 3 sd
};

std::string name_of(RangeRule rule);  // "min-max", "sigma"

// The rule that option `name` asks for. Throws Error(recipe).
RangeRule range_rule_option(const QuantizerSettings& settings, const std::string& name, RangeRule default_value);

// x: finite and not empty; one range for it, or one a channel as in the settings; with a group, one for what all ranks
// have. No gradient.
Range fit_range(const at::Tensor& x, RangeRule rule, const QuantizerSettings& settings,
                const RankGroup* group = nullptr);

// The smallest l and the largest u of all ranks; of this one alone when the group is null.
Range widest_range(const Range& range, const RankGroup* group);

// The nearest range that a grid can stand on: |l|, |u| <= 1e30 and u - l >= epsilon, where epsilon = max(1e-6,
// 1e-4 max(|l|, |u|)), so that 256 levels stay apart in float32 (2^-23 a level). A valid range is returned as it is; a
// narrower or crossed one is opened to twice epsilon around its middle. NaN stays NaN: divergence must be seen. No
// gradient.
Range valid_range(const Range& range);

}  // namespace dsqbench
