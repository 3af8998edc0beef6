// The uniform staircase on [l, u] and the gradients that stand in for its own: eq. 5 and 10 to 13 of Gong et al. 2019,
// for any shape of the step. With n = 2^bits - 1, D = (u - l) / n and v = (x - l) / D clamped to [0, n], the interval
// i = floor(v) (at most n - 1) and t = v - i in [0, 1], a contender says once what it takes a step for, h(t) with h(0)
// = 0 and h(1) = 1. Then
//     soft function  Q(x) = l + D (i + h(t))
//     forward        y = l + D round(v), the same for every h
//     backward       dy/dx = h'(t) inside [l, u], 0 outside
//                    dy/du = (q - v h'(t)) / n, dy/dl = 1 - h'(t) - dy/du, q = round(v) or i + h(t)
//                    dy/dalpha = D dh/dalpha
// With v clamped and h' set to 0 outside, dy/du and dy/dl come out as 0 and 1 below l, 1 and 0 above u.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdint>

#include "quantizers/fused.h"
#include "quantizers/fused_site.h"
#include "quantizers/grid.h"
#include "quantizers/range.h"

namespace dsqbench {

struct Staircase {
    Range range;  // valid: where the staircase ends; x outside is clipped
    Grid grid;    // on the range
};

// Levels l + i (u - l) / (2^bits - 1) on a valid range. No gradient.
Staircase make_staircase(const Range& range, int bits);

// Where x lies on a staircase.
struct Position {
    at::Tensor v, interval, t;
    at::Tensor inside;  // 1 where l <= x <= u, else 0; of x's type
};
Position locate(const at::Tensor& x, const Staircase& staircase);

// Which q enters dy/du and dy/dl: Algorithm 1 says the staircase's, the text at eq. 13 the soft function's.
enum class RangeGradient { hard, soft };

// What gradients flow to; undefined where the contender has no such parameter.
struct StaircaseParameters {
    at::Tensor l, u, alpha;
};

// A step is constructed from alpha (undefined without) and D, both shaped to broadcast over x, and has
//     at::Tensor value(const at::Tensor& t) const;      h(t)
//     at::Tensor slope(const at::Tensor& t) const;      h'(t)
//     at::Tensor by_alpha(const at::Tensor& t) const;   dh/dalpha; never called without alpha
// A step that also says the same in lanes gets the fused backward pass (staircase_formula.h): a struct Lane whose at(t)
// has value(), slope() and by_alpha(), for vectors t of any length, and
//     Lane lane(std::int64_t channel) const;
// and on GPUs, when the Lane has of(alpha, D) and cuda/passes.cu names it.
// This one is the straight-through estimator (Bengio, Leonard and Courville 2013): h(t) = t.
struct StraightStep {
    StraightStep(const at::Tensor& /*alpha*/, const at::Tensor& /*width*/) {}
    at::Tensor value(const at::Tensor& t) const { return t; }
    at::Tensor slope(const at::Tensor& t) const { return at::ones_like(t); }
    at::Tensor by_alpha(const at::Tensor& t) const { return at::zeros_like(t); }

    using Lane = StraightLane;
    Lane lane(std::int64_t /*channel*/) const { return {}; }
};

// The soft function at x. No gradient.
template <class Step>
at::Tensor soft_staircase(const at::Tensor& x, const Staircase& staircase, const at::Tensor& alpha);

// The forward pass with the gradients above.
template <class Step>
at::Tensor quantize_on(const at::Tensor& x, const Staircase& staircase, const StaircaseParameters& parameters,
                       RangeGradient q);

// The same for a layer's own loops, for one range and float32; a null pass for a step without lanes.
template <class Step>
FusedSite fused_site_on(const Staircase& staircase, const StaircaseParameters& parameters, RangeGradient q);

namespace detail {

template <class Step>
Step make_step(const at::Tensor& alpha, const at::Tensor& scale, const at::Tensor& x) {
    return Step(alpha.defined() ? broadcast_channels(alpha, x) : alpha, broadcast_channels(scale, x));
}

// Of the loss; those of the parameters are undefined when they were not needed.
struct StaircaseGradients {
    at::Tensor x, l, u, alpha;
};

// The formulas at the top of this file, as tensor operations: the reference, and the way for float64 and other devices.
template <class Step>
StaircaseGradients tensor_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                    const Step& step, RangeGradient q, FusedNeeds needs) {
    const at::Tensor& scale = staircase.grid.scale;
    const Position place = locate(x, staircase);
    const at::Tensor slope = step.slope(place.t) * place.inside;
    StaircaseGradients gradients{upstream * slope, {}, {}, {}};
    if (needs == FusedNeeds::input) return gradients;
    const at::Tensor level = q == RangeGradient::soft ? place.interval + step.value(place.t) : place.v.round();
    const at::Tensor by_u = (level - place.v * slope) / static_cast<double>(staircase.grid.highest);
    gradients.l = sum_to_channels(upstream * (1 - slope - by_u), scale);
    gradients.u = sum_to_channels(upstream * by_u, scale);
    gradients.alpha = sum_to_channels(upstream * step.by_alpha(place.t) * place.inside, scale) * scale;
    return gradients;
}

// One channel's staircase, and with a step as a formula.
inline ScalarStaircase channel_staircase(const Staircase& staircase, std::int64_t channel) {
    const auto of_channel = [channel](const at::Tensor& values) {
        return values.contiguous().data_ptr<float>()[channel];
    };
    const Grid& grid = staircase.grid;
    return {of_channel(staircase.range.l), of_channel(staircase.range.u), of_channel(grid.offset),
            of_channel(grid.scale), static_cast<float>(grid.highest)};
}
template <FusedNeeds needs, class Step>
StaircaseFormula<typename Step::Lane, needs> channel_formula(const Staircase& staircase, const Step& step,
                                                             RangeGradient q, std::int64_t channel) {
    return {{channel_staircase(staircase, channel)}, step.lane(channel), q == RangeGradient::soft};
}

// The same in one pass, by a formula with the sums of StaircaseFormula.
template <class FormulaOf>
StaircaseGradients fused_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                   const FormulaOf& formula_of) {
    const at::Tensor& scale = staircase.grid.scale;
    const FusedGradient found = fused_gradient(x, upstream, scale.numel(), formula_of);
    const StaircaseGradients gradients{found.x, at::empty_like(scale), at::empty_like(scale), at::empty_like(scale)};
    for (std::size_t c = 0; c < found.sums.size(); ++c) {
        const auto stairs = channel_staircase(staircase, static_cast<std::int64_t>(c));
        const RangeSums of_channel = range_sums(found.sums[c].data(), stairs);
        gradients.l.data_ptr<float>()[c] = of_channel.l;
        gradients.u.data_ptr<float>()[c] = of_channel.u;
        gradients.alpha.data_ptr<float>()[c] = of_channel.alpha;
    }
    return gradients;
}
template <FusedNeeds needs, class Step>
StaircaseGradients fused_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                   const Step& step, RangeGradient q) {
    return fused_gradients(x, upstream, staircase,
                           [&](std::int64_t channel) { return channel_formula<needs>(staircase, step, q, channel); });
}

template <class Step>
StaircaseGradients fused_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                   const Step& step, RangeGradient q, FusedNeeds needs) {
    return needs == FusedNeeds::input
               ? fused_gradients<FusedNeeds::input>(x, upstream, staircase, step, q)
               : fused_gradients<FusedNeeds::input_and_parameters>(x, upstream, staircase, step, q);
}

// The same by a kernel for GPUs.
inline cuda::Staircases gpu_staircases(const Staircase& staircase) {
    const Grid& grid = staircase.grid;
    const auto values = [](const at::Tensor& tensor) { return tensor.data_ptr<float>(); };
    return {values(staircase.range.l), values(staircase.range.u), values(grid.offset), values(grid.scale),
            static_cast<float>(grid.highest)};
}
template <FusedNeeds needs, class Step>
StaircaseGradients gpu_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                 const at::Tensor& alpha, RangeGradient q) {
    const at::Tensor& scale = staircase.grid.scale;
    StaircaseGradients gradients{{}, at::empty_like(scale), at::empty_like(scale), at::empty_like(scale)};
    const cuda::StaircaseSource<typename Step::Lane, needs> source{
        gpu_staircases(staircase),     alpha.defined() ? alpha.data_ptr<float>() : nullptr,
        q == RangeGradient::soft,      gradients.l.data_ptr<float>(),
        gradients.u.data_ptr<float>(), gradients.alpha.data_ptr<float>()};
    gradients.x = gradient_on_gpu(x, upstream, scale.numel(), source);
    return gradients;
}

template <class Step>
StaircaseGradients staircase_gradients(const at::Tensor& x, const at::Tensor& upstream, const Staircase& staircase,
                                       const at::Tensor& alpha, RangeGradient q, FusedNeeds needs) {
    const Step step = make_step<Step>(alpha, staircase.grid.scale, x);
    if constexpr (requires { typename Step::Lane; })
        if (is_fusable(x)) return fused_gradients(x, upstream, staircase, step, q, needs);
    if constexpr (requires { Step::Lane::of(0.0F, 0.0F); })
        if (is_fusable_on_gpu(x, staircase.grid.scale.numel()))
            return needs == FusedNeeds::input
                       ? gpu_gradients<FusedNeeds::input, Step>(x, upstream, staircase, alpha, q)
                       : gpu_gradients<FusedNeeds::input_and_parameters, Step>(x, upstream, staircase, alpha, q);
    return tensor_gradients(x, upstream, staircase, step, q, needs);
}

template <class Step>
struct StaircaseFunction : public torch::autograd::Function<StaircaseFunction<Step>> {
    using Context = torch::autograd::AutogradContext;
    using Optional = c10::optional<at::Tensor>;  // std::optional from LibTorch 2.x on

    static at::Tensor forward(Context* context, const at::Tensor& x, const Optional& l, const Optional& u,
                              const Optional& alpha, const Staircase& staircase, RangeGradient q) {
        const Grid& grid = staircase.grid;
        context->save_for_backward({x, staircase.range.l, staircase.range.u, grid.scale, grid.offset,
                                    alpha.has_value() ? *alpha : at::Tensor()});
        context->saved_data["bits"] = static_cast<std::int64_t>(grid.bits);
        context->saved_data["soft"] = q == RangeGradient::soft;
        context->saved_data["learns_range"] = l.has_value() && u.has_value();
        context->saved_data["learns_alpha"] = alpha.has_value() && alpha->requires_grad();
        return grid.fake_quantize(x);
    }

    static torch::autograd::variable_list backward(Context* context, const torch::autograd::variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const auto bits = static_cast<int>(context->saved_data["bits"].toInt());
        const Staircase staircase{{saved[1], saved[2]}, make_grid(bits, saved[3], saved[4])};
        const RangeGradient q = context->saved_data["soft"].toBool() ? RangeGradient::soft : RangeGradient::hard;
        const bool learns_range = context->saved_data["learns_range"].toBool();
        const bool learns_alpha = context->saved_data["learns_alpha"].toBool();
        const auto needs = learns_range || learns_alpha ? FusedNeeds::input_and_parameters : FusedNeeds::input;
        const auto found = staircase_gradients<Step>(saved[0], upstream[0], staircase, saved[5], q, needs);
        torch::autograd::variable_list gradients(6);
        gradients[0] = found.x;
        if (learns_range) gradients[1] = found.l;
        if (learns_range) gradients[2] = found.u;
        if (learns_alpha) gradients[3] = found.alpha;
        return gradients;
    }
};

}  // namespace detail

template <class Step>
at::Tensor soft_staircase(const at::Tensor& x, const Staircase& staircase, const at::Tensor& alpha) {
    const Position place = locate(x, staircase);
    const Step step = detail::make_step<Step>(alpha, staircase.grid.scale, x);
    return broadcast_channels(staircase.grid.offset, x) +
           broadcast_channels(staircase.grid.scale, x) * (place.interval + step.value(place.t));
}

template <class Step>
at::Tensor quantize_on(const at::Tensor& x, const Staircase& staircase, const StaircaseParameters& parameters,
                       RangeGradient q) {
    using Function = detail::StaircaseFunction<Step>;
    const auto optional = [](const at::Tensor& tensor) {
        return tensor.defined() ? typename Function::Optional(tensor) : typename Function::Optional();
    };
    return Function::apply(x, optional(parameters.l), optional(parameters.u), optional(parameters.alpha), staircase, q);
}

template <class Step>
FusedSite fused_site_on(const Staircase& staircase, const StaircaseParameters& parameters, RangeGradient q) {
    FusedSite site;
    if constexpr (requires { typename Step::Lane; }) {
        const bool learns_range = parameters.l.defined();
        const bool learns_alpha = parameters.alpha.defined() && parameters.alpha.requires_grad();
        const Step step(parameters.alpha, staircase.grid.scale);
        const auto pass_of = [](const auto& formula) -> std::shared_ptr<const ElementwisePass> {
            return std::make_shared<FormulaPass<std::decay_t<decltype(formula)>>>(formula);
        };
        using detail::channel_formula;
        site.pass = learns_range || learns_alpha
                        ? pass_of(channel_formula<FusedNeeds::input_and_parameters>(staircase, step, q, 0))
                        : pass_of(channel_formula<FusedNeeds::input>(staircase, step, q, 0));
        if (learns_range) site.parameters = {parameters.l, parameters.u};
        if (learns_alpha) site.parameters.push_back(parameters.alpha);
        const ScalarStaircase stairs = detail::channel_staircase(staircase, 0);
        site.gradients = [learns_range, learns_alpha, stairs](const ElementwisePass::Sums& sums) {
            const RangeSums found = range_sums(sums.data(), stairs);
            std::vector<float> gradients;
            if (learns_range) gradients = {found.l, found.u};
            if (learns_alpha) gradients.push_back(found.alpha);
            return gradients;
        };
    }
    return site;
}

}  // namespace dsqbench
