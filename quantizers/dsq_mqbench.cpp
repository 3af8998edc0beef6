// DSQ as MQBench has it: Li et al., NeurIPS 2021 Datasets and Benchmarks, appendix F, and mqbench/fake_quantize/dsq.py.
//     v = clamp(x / scale + zero_point);  y = floor(v) + (s tanh(kappa (v - floor(v) - 1/2)) + 1) / 2, then rounded
//     with a straight-through gradient;  s = 1 / (1 - alpha),  kappa = ln((s + 1) / (s - 1)) = ln(2 / alpha - 1)
// The step is thus DSQ's (tanh_step.h); alpha = 0.4 and the range are not learned. Weights: mean +- 2.6 sd, made
// symmetric (codes around zero_point 2^(bits - 1)); activations: moving average of the batches' min and max, with an
// integer zero_point. Decision: the range is the paper's; the toolkit's ClipStd observer takes the wider of that and
// min-max, so that it never clips. One bit, which MQBench does not have, keeps l and u: of two weight levels none can
// be zero.
#include "quantizers/options.h"
#include "quantizers/tanh_step.h"
#include "quantizers/uniform.h"

namespace dsqbench {
namespace {

constexpr double published_alpha = 0.4;

RangeRule rule_of(QuantizerRole role) {
    return role == QuantizerRole::weight ? RangeRule::sigma : RangeRule::min_max;
}

class DsqMqbench : public SteppedQuantizer<TanhStep> {
public:
    explicit DsqMqbench(const QuantizerSettings& settings)
        : SteppedQuantizer(settings, {"dsq-mqbench", RangeSource::tracked, rule_of(settings.role)}),
          fixed_alpha_(real_option(settings, "alpha", published_alpha, {smallest_alpha, largest_alpha})) {
        alpha_ = register_buffer("alpha", range_tensor(fixed_alpha_));
    }

    nlohmann::json describe() const override {
        nlohmann::json description = SteppedQuantizer::describe();
        description["alpha"] = fixed_alpha_;
        description["alpha_learned"] = false;
        return description;
    }

    std::map<std::string, double> state_summary() const override {
        auto summary = SteppedQuantizer::state_summary();
        summary["alpha"] = fixed_alpha_;
        return summary;
    }

protected:
    // Again, as calibrate() may have changed the element type: 0.4 is another number in float64.
    void fit(const at::Tensor& x) override {
        SteppedQuantizer::fit(x);
        alpha_.fill_(fixed_alpha_);
    }

    at::Tensor alpha() const override { return alpha_; }

    Staircase staircase() const override {
        const Staircase real = SteppedQuantizer::staircase();
        const int bits = settings().bits;
        return bits == 1 ? real : settings().role == QuantizerRole::weight ? symmetric(real) : with_zero(real);
    }

private:
    static Staircase on_zero_point(const at::Tensor& scale, const at::Tensor& zero_point, int bits) {
        const at::Tensor offset = -zero_point * scale;
        const Grid grid = make_grid(bits, scale, offset);
        return {{offset, (static_cast<double>(grid.highest) - zero_point) * scale}, grid};
    }

    static Staircase symmetric(const Staircase& real) {
        const Grid& grid = real.grid;
        const at::Tensor reach = at::maximum(real.range.l.abs(), real.range.u.abs());
        const at::Tensor scale = level_distance(2 * reach, grid.bits);
        return on_zero_point(scale, at::full_like(scale, 1 << (grid.bits - 1)), grid.bits);
    }

    static Staircase with_zero(const Staircase& real) {
        const Grid& grid = real.grid;
        const at::Tensor low = real.range.l.clamp_max(0), high = real.range.u.clamp_min(0);
        const at::Tensor scale = level_distance(high - low, grid.bits);
        return on_zero_point(scale, (-low / scale).round(), grid.bits);
    }

    double fixed_alpha_;
    at::Tensor alpha_;
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<DsqMqbench>;
    entry.summary = "soft step as in MQBench: alpha = 0.4, nothing learned (Li et al. 2021)";
    entry.options = {{"alpha", "alpha, default 0.4"}};
    return entry;
}

const QuantizerRegistration registration{"dsq-mqbench", entry()};

}  // namespace
}  // namespace dsqbench
