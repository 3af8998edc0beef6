// PACT, parameterized clipping activation: Choi et al. 2018 (arXiv 1805.06085), eq. 1 to 3. Activations only; the
// paper's weights are DoReFa's.
//     y = clip(x, 0, clip),  y_q = round(y n / clip) clip / n,  n = 2^bits - 1
//     dy_q/dx = 1 for 0 <= x < clip, else 0;  dy_q/dclip = 1 for x >= clip, else 0
// The paper calls the clipping level alpha; here it is `clip`, as alpha is DSQ's.
// Decision: clip starts at 10 (fig. 2 of the paper), whatever the data; init = "max" starts it at the largest
// activation. L2 on clip as strong as on the weights (section 3 of the paper), 2e-4 in its CIFAR-10 recipe; a term
// decay clip^2 / 2, so that its gradient is weight decay's.
#include <ATen/core/grad_mode.h>

#include "quantizers/options.h"
#include "quantizers/pact_formula.h"
#include "quantizers/staircase.h"

namespace dsqbench {
namespace {

constexpr double published_clip = 10;
constexpr double published_decay = 2e-4;
constexpr double smallest_clip = 1e-6, largest_clip = 1e30;

PactFormula formula_on(const at::Tensor& clip, int bits) {
    return PactFormula::of(clip.item<float>(), static_cast<float>((1 << bits) - 1));
}

struct PactFunction : torch::autograd::Function<PactFunction> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                              const at::Tensor& /*clip*/, const Staircase& staircase) {
        context->save_for_backward({x, staircase.range.u});
        context->saved_data["bits"] = static_cast<std::int64_t>(staircase.grid.bits);
        return staircase.grid.fake_quantize(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &clip = saved[1];
        const auto bits = static_cast<int>(context->saved_data["bits"].toInt());
        if (is_fusable(x)) {
            const auto formula = formula_on(clip, bits);
            const auto found = fused_gradient(x, upstream[0], 1, [&](std::int64_t /*channel*/) { return formula; });
            return {found.x, at::full_like(clip, found.sums[0][0]), at::Tensor()};
        }
        if (is_fusable_on_gpu(x, 1)) {
            const at::Tensor by_clip = at::empty_like(clip);
            const cuda::PactSource source{clip.data_ptr<float>(), static_cast<float>((1 << bits) - 1),
                                          by_clip.data_ptr<float>()};
            return {gradient_on_gpu(x, upstream[0], 1, source), by_clip, at::Tensor()};
        }
        // The reference, and the way for float64 and other devices.
        const at::Tensor clipped = x.ge(clip), inside = x.ge(0) & x.lt(clip);
        return {upstream[0] * inside, (upstream[0] * clipped).sum(), at::Tensor()};
    }
};

class Pact : public Quantizer {
public:
    explicit Pact(const QuantizerSettings& settings)
        : Quantizer(settings),
          init_(text_option(settings, "init", "paper", {"paper", "max"})),
          decay_(real_option(settings, "decay", published_decay, {0, 1e6})) {
        clip_ = register_parameter("clip", range_tensor(published_clip));
    }

    Grid grid() const override { return staircase().grid; }

    at::Tensor surrogate(const at::Tensor& x) const override {
        const Range range = staircase().range;
        return at::minimum(x.detach().clamp_min(0), range.u);
    }

    void project() override {
        const at::NoGradGuard no_gradient;
        clip_.clamp_(smallest_clip, largest_clip);
    }

    at::Tensor penalty() const override { return decay_ > 0 ? decay_ / 2 * clip_.square().sum() : at::Tensor(); }

    nlohmann::json describe() const override {
        nlohmann::json description = describe_as("pact");
        description["init"] = init_;
        description["decay"] = decay_;
        return description;
    }

    std::map<std::string, double> state_summary() const override {
        return {{"clip", staircase().range.u.item<double>()}};
    }

protected:
    void fit(const at::Tensor& x) override {
        if (init_ == "paper")
            clip_.fill_(published_clip);
        else
            clip_.copy_(x.max());
        project();
    }

    at::Tensor fake_quantize(const at::Tensor& x) override { return PactFunction::apply(x, clip_, staircase()); }

    FusedSite fused_site(const SiteInput& /*input*/) override {
        const auto gradients = [](const ElementwisePass::Sums& sums) {
            return std::vector<float>{static_cast<float>(sums[0])};
        };
        const auto pass = std::make_shared<FormulaPass<PactFormula>>(formula_on(staircase().range.u, settings().bits));
        return {pass, {clip_}, gradients};
    }

private:
    Staircase staircase() const {
        const at::NoGradGuard no_gradient;
        const at::Tensor clip = clip_.detach().clamp(smallest_clip, largest_clip);
        return make_staircase({at::zeros_like(clip), clip}, settings().bits);
    }

    std::string init_;
    double decay_;
    at::Tensor clip_;
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<Pact>;
    entry.summary = "activations clipped at a learned level (Choi et al. 2018)";
    entry.weights = false;
    entry.weight_partner = "dorefa";
    entry.options = {{"init", "first clipping level: \"paper\" (default, 10) or \"max\" of the calibration data"},
                     {"decay", "weight of the L2 term on the clipping level, default 2e-4"}};
    return entry;
}

const QuantizerRegistration registration{"pact", entry()};

}  // namespace
}  // namespace dsqbench
