// Differentiable Soft Quantization: Gong et al., ICCV 2019 (arXiv 1908.05033), in the three steps of its table 4.
//     dsq        alpha, l and u learned
//     dsq-alpha  alpha learned, range tracked as in `ste`
//     dsq-fixed  alpha fixed at 0.2, range tracked as in `ste`
// The step is eq. 3 to 8 (tanh_step.h); gradients of x, alpha, l and u are eq. 10 to 12 (staircase.h).
// Decision: the forward pass is the hard staircase of Algorithm 1, so the value is that of uniform quantization and
// only the gradient is DSQ's; q in the gradients of l and u is the hard one too, unless eq13 = "soft" asks for the
// text's. One bit needs no case of its own: one interval, Q(x) from l to u; the paper's binary networks are dsq-fixed.
// Unknown in the paper, and ours: the first range ("sigma", see range.h) and the weight of the L2 term on alpha (0).
#include "quantizers/options.h"
#include "quantizers/tanh_step.h"
#include "quantizers/uniform.h"

namespace dsqbench {
namespace {

constexpr double published_alpha = 0.2;  // section 4.2.3

struct DsqDesign {
    std::string name;
    bool learns_alpha, learns_range;
};

UniformDesign uniform_design(const DsqDesign& design, const QuantizerSettings& settings) {
    if (design.learns_range)
        return {design.name, RangeSource::learned, range_rule_option(settings, "init", RangeRule::sigma)};
    return {design.name, RangeSource::tracked, range_rule_option(settings, "range", RangeRule::min_max)};
}

class Dsq : public SteppedQuantizer<TanhStep> {
public:
    Dsq(const QuantizerSettings& settings, const DsqDesign& design)
        : SteppedQuantizer(settings, uniform_design(design, settings)),
          eq13_(text_option(settings, "eq13", "hard", {"hard", "soft"})),
          alpha_decay_(real_option(settings, "alpha_decay", 0, {0, 1e6})),
          first_alpha_(real_option(settings, "alpha", published_alpha, {smallest_alpha, largest_alpha})),
          learns_alpha_(design.learns_alpha &&
                        text_option(settings, "alpha_rule", "learned", {"learned", "fixed"}) == "learned") {
        const at::Tensor alpha = range_tensor(first_alpha_);
        alpha_ = learns_alpha_ ? register_parameter("alpha", alpha) : register_buffer("alpha", alpha);
    }

    void project() override {
        SteppedQuantizer::project();
        const at::NoGradGuard no_gradient;
        alpha_.clamp_(smallest_alpha, largest_alpha);
    }

    // Eq. 9 bounds the norm of alpha; halved, so that its gradient is that of weight decay.
    at::Tensor penalty() const override {
        return learns_alpha_ && alpha_decay_ > 0 ? alpha_decay_ / 2 * alpha_.square().sum() : at::Tensor();
    }

    nlohmann::json describe() const override {
        nlohmann::json description = SteppedQuantizer::describe();
        description["alpha"] = first_alpha_;
        description["alpha_learned"] = learns_alpha_;
        if (learns_alpha_) description["alpha_decay"] = alpha_decay_;
        if (learned_range().l.defined()) description["eq13"] = eq13_;
        return description;
    }

    std::map<std::string, double> state_summary() const override {
        auto summary = SteppedQuantizer::state_summary();
        summary["alpha"] = alpha_.detach().clamp(smallest_alpha, largest_alpha).mean().item<double>();
        return summary;
    }

protected:
    // Again, as calibrate() may have changed the element type: 0.2 is another number in float64.
    void fit(const at::Tensor& x) override {
        SteppedQuantizer::fit(x);
        alpha_.fill_(first_alpha_);
    }

    at::Tensor alpha() const override { return alpha_; }
    RangeGradient range_gradient() const override {
        return eq13_ == "soft" ? RangeGradient::soft : RangeGradient::hard;
    }

private:
    std::string eq13_;
    double alpha_decay_, first_alpha_;
    bool learns_alpha_;
    at::Tensor alpha_;
};

QuantizerEntry entry(const DsqDesign& design, const std::string& summary) {
    QuantizerEntry entry;
    entry.make = [design](const QuantizerSettings& settings) { return std::make_shared<Dsq>(settings, design); };
    entry.summary = summary + " (Gong et al. 2019)";
    entry.options["alpha"] = design.learns_alpha ? "first alpha, default 0.2" : "alpha, default 0.2";
    if (design.learns_alpha) entry.options["alpha_decay"] = "weight of the L2 term on alpha, default 0 (not published)";
    if (design.learns_range) {
        entry.options["alpha_rule"] = "\"learned\" (default) or \"fixed\": the soft gradient and a learned range alone";
        entry.options["init"] = "first range: \"sigma\" (default) or \"min-max\"";
        entry.options["eq13"] = "q in the gradients of l and u: \"hard\" (default, Algorithm 1) or \"soft\" (eq. 13)";
    } else {
        entry.options["range"] = "how the range follows the data: \"min-max\" (default) or \"sigma\"";
    }
    return entry;
}

const QuantizerRegistration full{"dsq", entry({"dsq", true, true}, "soft step; alpha, l and u learned")};
const QuantizerRegistration alpha_only{"dsq-alpha", entry({"dsq-alpha", true, false}, "soft step; alpha learned")};
const QuantizerRegistration fixed{"dsq-fixed", entry({"dsq-fixed", false, false}, "soft step; alpha = 0.2")};

}  // namespace
}  // namespace dsqbench
