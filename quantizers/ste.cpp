// The straight-through estimator (Bengio, Leonard and Courville 2013, arXiv 1308.3432) on a min-max range: the
// "standard uniform quantization" that table 4 of Gong et al. 2019 starts from.
//     y = l + D round((x - l) / D),  dy/dx = 1 inside [l, u], 0 outside
// Decision: nothing is learned; weights use the extremes of the current tensor, activations a moving average (0.9) of
// the batches' extremes.
#include "quantizers/uniform.h"

namespace dsqbench {
namespace {

class Ste : public SteppedQuantizer<StraightStep> {
public:
    explicit Ste(const QuantizerSettings& settings)
        : SteppedQuantizer(settings,
                           {"ste", RangeSource::tracked, range_rule_option(settings, "range", RangeRule::min_max)}) {}
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<Ste>;
    entry.summary = "straight-through estimator on a tracked range (Bengio et al. 2013)";
    entry.options = {{"range", "how the range follows the data: \"min-max\" (default) or \"sigma\""}};
    return entry;
}

const QuantizerRegistration registration{"ste", entry()};

}  // namespace
}  // namespace dsqbench
