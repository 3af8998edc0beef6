// Element-wise gradient scaling: Lee, Kim and Ham, CVPR 2021 (arXiv 2104.00903), eq. 6, and the authors' repository
// (cvlab-yonsei/EWGS). With z = (x - l) / (u - l) clipped to [0, 1], z_q the nearest of its levels and g the upstream
// gradient:
//     y = l + (u - l) z_q
//     dL/dz = g (1 + delta sign(g) (z - z_q))
// so that the slope h' of staircase.h is 1 + delta sign(g) (z - z_q), and l and u get their gradients through it too.
// delta = 0 is STE with learned l and u, the authors' own baseline: `ste-lu`.
// Decisions: delta = 1e-3, the repository's constant; its estimate from the Hessian's trace is not here. The repository
// gives z_q itself to the layer, behind a learned output scale; here y keeps x's scale, as for every contender.
#include <ATen/core/grad_mode.h>

#include "quantizers/ewgs_formula.h"
#include "quantizers/options.h"
#include "quantizers/uniform.h"

namespace dsqbench {
namespace {

constexpr double published_delta = 1e-3;

EwgsFormula formula_on(const Staircase& staircase, double delta, std::int64_t channel) {
    const auto levels = static_cast<double>(staircase.grid.highest);
    return {{detail::channel_staircase(staircase, channel)}, static_cast<float>(delta / levels)};
}

struct EwgsFunction : torch::autograd::Function<EwgsFunction> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& /*l*/,
                              const at::Tensor& /*u*/, const Staircase& staircase, double delta) {
        const Grid& grid = staircase.grid;
        context->save_for_backward({x, staircase.range.l, staircase.range.u, grid.scale, grid.offset});
        context->saved_data["bits"] = static_cast<std::int64_t>(grid.bits);
        context->saved_data["delta"] = delta;
        return grid.fake_quantize(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const auto bits = static_cast<int>(context->saved_data["bits"].toInt());
        const double delta = context->saved_data["delta"].toDouble();
        const Staircase staircase{{saved[1], saved[2]}, make_grid(bits, saved[3], saved[4])};
        if (is_fusable(saved[0])) {
            const auto formula_of = [&](std::int64_t channel) { return formula_on(staircase, delta, channel); };
            const auto found = detail::fused_gradients(saved[0], upstream[0], staircase, formula_of);
            return {found.x, found.l, found.u, at::Tensor(), at::Tensor()};
        }
        if (is_fusable_on_gpu(saved[0], saved[3].numel())) {
            const at::Tensor by_l = at::empty_like(saved[3]), by_u = at::empty_like(saved[3]);
            const auto levels = static_cast<double>(staircase.grid.highest);
            const cuda::EwgsSource source{detail::gpu_staircases(staircase), static_cast<float>(delta / levels),
                                          by_l.data_ptr<float>(), by_u.data_ptr<float>()};
            return {gradient_on_gpu(saved[0], upstream[0], saved[3].numel(), source), by_l, by_u, at::Tensor(),
                    at::Tensor()};
        }
        const at::Tensor& g = upstream[0];  // the reference, and the way for float64 and other devices
        const Position place = locate(saved[0], staircase);
        const auto n = static_cast<double>(staircase.grid.highest);
        const at::Tensor level = place.v.round();
        const at::Tensor slope = (1 + delta * g.sign() * (place.v - level) / n) * place.inside;
        const at::Tensor by_u = (level - place.v * slope) / n;
        return {g * slope, sum_to_channels(g * (1 - slope - by_u), saved[3]), sum_to_channels(g * by_u, saved[3]),
                at::Tensor(), at::Tensor()};
    }
};

class Ewgs : public UniformQuantizer {
public:
    explicit Ewgs(const QuantizerSettings& settings)
        : UniformQuantizer(settings,
                           {"ewgs", RangeSource::learned, range_rule_option(settings, "init", RangeRule::sigma)}),
          delta_(real_option(settings, "delta", published_delta, {0, 1e3})) {}

    at::Tensor surrogate(const at::Tensor& x) const override {
        const at::NoGradGuard no_gradient;
        return soft_staircase<StraightStep>(x, staircase(), {});
    }

    nlohmann::json describe() const override {
        nlohmann::json description = UniformQuantizer::describe();
        description["delta"] = delta_;
        return description;
    }

protected:
    at::Tensor quantize(const at::Tensor& x) override {
        const StaircaseParameters range = learned_range();
        return EwgsFunction::apply(x, range.l, range.u, staircase(), delta_);
    }

    FusedSite fused_quantize() override {
        const EwgsFormula formula = formula_on(staircase(), delta_, 0);
        const auto gradients = [stairs = formula.stairs](const ElementwisePass::Sums& sums) {
            const auto found = range_sums(sums.data(), stairs);
            return std::vector<float>{found.l, found.u};
        };
        const StaircaseParameters range = learned_range();
        return {std::make_shared<FormulaPass<EwgsFormula>>(formula), {range.l, range.u}, gradients};
    }

private:
    double delta_;
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = make_contender<Ewgs>;
    entry.summary = "gradients scaled by the rounding error, l and u learned (Lee et al. 2021)";
    entry.options = {{"delta", "strength of the scaling, default 1e-3; 0 is ste-lu"},
                     {"init", "first range: \"sigma\" (default) or \"min-max\""}};
    return entry;
}

const QuantizerRegistration registration{"ewgs", entry()};

}  // namespace
}  // namespace dsqbench
