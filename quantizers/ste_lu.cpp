// The straight-through estimator with a learned range: the control that Gong et al. 2019 lacks. Their table 4 goes from
// a fixed to a learned range (+1.19 of +1.81 points) only together with the soft function.
//     dy/dx = 1 inside [l, u], 0 outside;  dy/du = (round(v) - v) / n,  dy/dl = -dy/du inside    (eq. 11, 12 with h(t)
//     = t)
// Decision: everything but the step is the code that `dsq` runs, the initial range included.
#include "quantizers/uniform.h"

namespace dsqbench {
namespace {

class SteLearnedRange : public SteppedQuantizer<StraightStep> {
public:
    explicit SteLearnedRange(const QuantizerSettings& settings)
        : SteppedQuantizer(settings,
                           {"ste-lu", RangeSource::learned, range_rule_option(settings, "init", RangeRule::sigma)}) {}
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<SteLearnedRange>;
    entry.summary = "straight-through estimator, l and u learned: the control for dsq";
    entry.options = {{"init", "first range: \"sigma\" (default) or \"min-max\""}};
    return entry;
}

const QuantizerRegistration registration{"ste-lu", entry()};

}  // namespace
}  // namespace dsqbench
