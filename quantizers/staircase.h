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
// This one is the straight-through estimator (Bengio, Leonard and Courville 2013): h(t) = t.
struct StraightStep {
    StraightStep(const at::Tensor& /*alpha*/, const at::Tensor& /*width*/) {}
    at::Tensor value(const at::Tensor& t) const { return t; }
    at::Tensor slope(const at::Tensor& t) const { return at::ones_like(t); }
    at::Tensor by_alpha(const at::Tensor& t) const { return at::zeros_like(t); }
};

// The soft function at x. No gradient.
template <class Step>
at::Tensor soft_staircase(const at::Tensor& x, const Staircase& staircase, const at::Tensor& alpha);

// The forward pass with the gradients above.
template <class Step>
at::Tensor quantize_on(const at::Tensor& x, const Staircase& staircase, const StaircaseParameters& parameters,
                       RangeGradient q);

namespace detail {

template <class Step>
Step make_step(const at::Tensor& alpha, const at::Tensor& scale, const at::Tensor& x) {
    return Step(alpha.defined() ? broadcast_channels(alpha, x) : alpha, broadcast_channels(scale, x));
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
        const at::Tensor &x = saved[0], &scale = saved[3], &alpha = saved[5];
        const auto bits = static_cast<int>(context->saved_data["bits"].toInt());
        const Position place = locate(x, {{saved[1], saved[2]}, make_grid(bits, scale, saved[4])});
        const Step step = make_step<Step>(alpha, scale, x);
        const at::Tensor slope = step.slope(place.t) * place.inside;
        torch::autograd::variable_list gradients(6);
        gradients[0] = upstream[0] * slope;
        if (context->saved_data["learns_range"].toBool()) {
            const at::Tensor q =
                context->saved_data["soft"].toBool() ? place.interval + step.value(place.t) : place.v.round();
            const at::Tensor by_u = (q - place.v * slope) / static_cast<double>((1 << bits) - 1);
            gradients[1] = sum_to_channels(upstream[0] * (1 - slope - by_u), scale);
            gradients[2] = sum_to_channels(upstream[0] * by_u, scale);
        }
        if (context->saved_data["learns_alpha"].toBool())
            gradients[3] = sum_to_channels(upstream[0] * step.by_alpha(place.t) * place.inside, scale) * scale;
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

}  // namespace dsqbench
