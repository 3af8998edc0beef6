// Learned Step Size Quantization: Esser et al., ICLR 2020 (arXiv 1902.08153), eq. 1 to 3 and section 2.2.
//     y = s round(clip(x / s, -Q_N, Q_P));  weights Q_N = 2^(b-1), Q_P = 2^(b-1) - 1; activations Q_N = 0, Q_P = 2^b -
//     1 dy/dx = 1 for -Q_N < x / s < Q_P, else 0 dy/ds = round(v) - v inside with v = x / s, -Q_N below, Q_P above (3)
// times the gradient scale g = 1 / sqrt(N Q_P), N weights or features that share s: without it LSQ loses 3 points with
// 2 bits on ResNet-18 (table 3 of the paper). The first s is 2 mean|x| / sqrt(Q_P).
// Decisions: `gradient_scale = "none"` switches g off. N of activations is the number of elements of one image, as s is
// shared by the batch and the batch's gradient is a mean. One bit, which LSQ does not have, takes the weight levels
// -s and 0 of Q_N = 1, Q_P = 0 with sqrt(1) for sqrt(Q_P).
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "quantizers/fused.h"
#include "quantizers/lsq_formula.h"
#include "quantizers/options.h"
#include "quantizers/quantizer.h"

namespace dsqbench {
namespace {

constexpr double smallest_step = 1e-8, largest_step = 1e28;

struct StepBounds {
    double lowest, highest;  // -Q_N and Q_P
};

StepBounds bounds_of(const QuantizerSettings& settings) {
    const double levels = std::pow(2.0, settings.bits);
    if (settings.role == QuantizerRole::activation) return {0, levels - 1};
    return {-levels / 2, levels / 2 - 1};
}

LsqFormula formula_on(const at::Tensor& scale, StepBounds bounds, std::int64_t channel) {
    return LsqFormula::of(scale.data_ptr<float>()[channel], static_cast<float>(bounds.lowest),
                          static_cast<float>(bounds.highest));
}

struct LsqFunction : torch::autograd::Function<LsqFunction> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& step,
                              const Grid& grid, double lowest, double highest, double gradient_scale) {
        context->save_for_backward({x, grid.scale});
        context->saved_data["lowest"] = lowest;
        context->saved_data["highest"] = highest;
        context->saved_data["gradient_scale"] = gradient_scale;
        (void)step;  // enters through the grid, which holds its valid value
        return grid.fake_quantize(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &scale = saved[1];
        const double lowest = context->saved_data["lowest"].toDouble();
        const double highest = context->saved_data["highest"].toDouble();
        const double gradient_scale = context->saved_data["gradient_scale"].toDouble();
        if (is_fusable(x)) {
            const at::Tensor steps = scale.contiguous(), by_step = at::empty_like(steps);
            const auto formula_of = [&](std::int64_t channel) { return formula_on(steps, {lowest, highest}, channel); };
            const auto found = fused_gradient(x, upstream[0], steps.numel(), formula_of);
            for (std::size_t c = 0; c < found.sums.size(); ++c)
                by_step.data_ptr<float>()[c] = static_cast<float>(found.sums[c][0] * gradient_scale);
            return {found.x, by_step, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
        }
        if (is_fusable_on_gpu(x, scale.numel())) {
            const at::Tensor steps = scale.contiguous(), by_step = at::empty_like(steps);
            const cuda::LsqSource source{steps.data_ptr<float>(), static_cast<float>(lowest),
                                         static_cast<float>(highest), gradient_scale, by_step.data_ptr<float>()};
            return {gradient_on_gpu(x, upstream[0], steps.numel(), source),
                    by_step,
                    at::Tensor(),
                    at::Tensor(),
                    at::Tensor(),
                    at::Tensor()};
        }
        // The reference, and the way for float64 and other devices.
        const at::Tensor v = x / broadcast_channels(scale, x);
        const at::Tensor inside = v.gt(lowest) & v.lt(highest);
        const at::Tensor clipped = v.clamp(lowest, highest);
        const at::Tensor by_step = clipped.round() - at::where(inside, v, at::zeros_like(v));
        return {upstream[0] * inside, sum_to_channels(upstream[0] * by_step, scale) * gradient_scale,
                at::Tensor(),         at::Tensor(),
                at::Tensor(),         at::Tensor()};
    }
};

class Lsq : public Quantizer {
public:
    explicit Lsq(const QuantizerSettings& settings)
        : Quantizer(settings),
          bounds_(bounds_of(settings)),
          gradient_scale_(text_option(settings, "gradient_scale", "paper", {"paper", "none"})) {
        step_ = register_parameter("step", range_tensor(1));
    }

    Grid grid() const override {
        const at::NoGradGuard no_gradient;
        const at::Tensor step = valid_step();
        return make_grid(settings().bits, step, step * bounds_.lowest);
    }

    at::Tensor surrogate(const at::Tensor& x) const override {
        const at::NoGradGuard no_gradient;
        const at::Tensor step = broadcast_channels(valid_step(), x);
        return at::minimum(at::maximum(x.detach(), step * bounds_.lowest), step * bounds_.highest);
    }

    void project() override {
        const at::NoGradGuard no_gradient;
        step_.copy_(valid_step());
    }

    nlohmann::json describe() const override {
        nlohmann::json description = describe_as("lsq");
        description["gradient_scale"] = gradient_scale_;
        return description;
    }

    std::map<std::string, double> state_summary() const override {
        return {{"step", valid_step().mean().item<double>()}};
    }

protected:
    void fit(const at::Tensor& x) override {
        const at::Tensor magnitude =
            settings().channels > 0 ? x.abs().reshape({x.size(0), -1}).mean(1) : x.abs().mean();
        step_.copy_(2 * magnitude / std::sqrt(std::max(1.0, bounds_.highest)));
        project();
    }

    at::Tensor fake_quantize(const at::Tensor& x) override {
        const bool by_slice = settings().role == QuantizerRole::activation ? x.dim() > 1 : settings().channels > 0;
        const double scale = gradient_scale(by_slice ? x.numel() / x.size(0) : x.numel());
        return LsqFunction::apply(x, step_, grid(), bounds_.lowest, bounds_.highest, scale);
    }

    FusedSite fused_site(const SiteInput& input) override {
        const auto gradients = [scale = gradient_scale(input.image_elements)](const ElementwisePass::Sums& sums) {
            return std::vector<float>{static_cast<float>(sums[0] * scale)};
        };
        return {std::make_shared<FormulaPass<LsqFormula>>(formula_on(valid_step(), bounds_, 0)), {step_}, gradients};
    }

private:
    at::Tensor valid_step() const {
        const at::NoGradGuard no_gradient;
        return step_.detach().clamp(smallest_step, largest_step);
    }

    // For `count` elements that share the step.
    double gradient_scale(std::int64_t count) const {
        if (gradient_scale_ == "none") return 1;
        return 1 / std::sqrt(static_cast<double>(count) * std::max(1.0, bounds_.highest));
    }

    StepBounds bounds_;
    std::string gradient_scale_;
    at::Tensor step_;
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<Lsq>;
    entry.summary = "learned step size (Esser et al. 2020)";
    entry.options = {{"gradient_scale", "\"paper\" (default): 1 / sqrt(N Q_P); or \"none\""}};
    return entry;
}

const QuantizerRegistration registration{"lsq", entry()};

}  // namespace
}  // namespace dsqbench
