#include "quantizers/range.h"

#include <ATen/core/grad_mode.h>

#include <stdexcept>

#include "quantizers/fused.h"
#include "quantizers/options.h"
#include "quantizers/range_bounds.h"

namespace dsqbench {

namespace {

// 2.6: MQBench's ClipStd observer, "usually used for DSQ" there. 3: ours, for the one-sided tail after a ReLU.
constexpr double weight_deviations = 2.6;
constexpr double activation_deviations = 3;

// Of the elements of all ranks, of which each has as many.
struct Moments {
    at::Tensor mean, variance;
};
Moments moments_of(const at::Tensor& rows, const RankGroup* group) {
    const at::Tensor mean = rows.mean(1), variance = (rows - mean.unsqueeze(1)).square().mean(1);
    if (group == nullptr) return {mean, variance};
    const at::Tensor all = group->gather(at::stack({mean, variance}));  // [ranks, 2, ...]
    const at::Tensor means = all.select(1, 0), whole = means.mean(0);
    return {whole, all.select(1, 1).mean(0) + (means - whole).square().mean(0)};
}

Range sigma_range(const at::Tensor& rows, QuantizerRole role, const RankGroup* group) {
    // In float64: the squares of float32 numbers may overflow, and a sum over a large layer loses digits.
    const at::Tensor wide = rows.to(at::kDouble);
    const Moments moments = moments_of(wide, group);
    const at::Tensor deviation = moments.variance.sqrt();
    if (role == QuantizerRole::weight)
        return {moments.mean - weight_deviations * deviation, moments.mean + weight_deviations * deviation};
    const Range extremes = widest_range({wide.amin(1), wide.amax(1)}, group);
    return {extremes.l, at::minimum(extremes.u, moments.mean + activation_deviations * deviation)};
}

}  // namespace

std::string name_of(RangeRule rule) {
    return rule == RangeRule::min_max ? "min-max" : "sigma";
}

RangeRule range_rule_option(const QuantizerSettings& settings, const std::string& name, RangeRule default_value) {
    const auto text = text_option(settings, name, name_of(default_value), {"min-max", "sigma"});
    return text == "sigma" ? RangeRule::sigma : RangeRule::min_max;
}

Range widest_range(const Range& range, const RankGroup* group) {
    if (group == nullptr) return range;
    const at::NoGradGuard no_gradient;
    const at::Tensor all = group->gather(at::stack({range.l, range.u}));  // [ranks, 2, ...]
    return {all.select(1, 0).amin(0), all.select(1, 1).amax(0)};
}

Range fit_range(const at::Tensor& x, RangeRule rule, const QuantizerSettings& settings, const RankGroup* group) {
    const at::NoGradGuard no_gradient;
    if (settings.channels > 0 && (x.dim() == 0 || x.size(0) != settings.channels))
        throw std::invalid_argument("a quantizer of one range a channel met another number of channels");
    const at::Tensor rows = x.detach().reshape({settings.channels > 0 ? settings.channels : 1, -1});
    const Range range = rule == RangeRule::sigma ? sigma_range(rows, settings.role, group)
                                                 : widest_range({rows.amin(1), rows.amax(1)}, group);
    const auto shaped = [&](const at::Tensor& values) {
        return (settings.channels > 0 ? values : values.squeeze(0)).to(x.scalar_type());
    };
    return valid_range({shaped(range.l), shaped(range.u)});
}

namespace {

bool is_scalar_float(const at::Tensor& x) {
    return x.dim() == 0 && x.scalar_type() == at::kFloat && x.device().is_cpu();
}

}  // namespace

Range valid_range(const Range& range) {
    const at::NoGradGuard no_gradient;
    // In plain numbers: a step asks for it at every site, and a dozen operations on tensors of one element cost 20
    // microseconds, on a GPU more.
    if (is_scalar_float(range.l) && is_scalar_float(range.u)) {
        const RangeBounds bounds = valid_bounds(*range.l.data_ptr<float>(), *range.u.data_ptr<float>());
        const at::TensorOptions options = range.l.detach().options();
        return {at::full({}, bounds.l, options), at::full({}, bounds.u, options)};
    }
    if (is_fusable_on_gpu(range.l, 1) && is_fusable_on_gpu(range.u, 1)) return valid_range_on_gpu(range);
    const at::Tensor l = range.l.detach().clamp(-largest_bound, largest_bound);
    const at::Tensor u = range.u.detach().clamp(-largest_bound, largest_bound);
    const at::Tensor epsilon = (at::maximum(l.abs(), u.abs()) * smallest_relative_width).clamp_min(smallest_width);
    const at::Tensor middle = ((l + u) / 2).clamp(-largest_middle, largest_middle);
    const at::Tensor narrow = (u - l).lt(epsilon);
    return {at::where(narrow, middle - epsilon, l), at::where(narrow, middle + epsilon, u)};
}

}  // namespace dsqbench
