#include "quantizers/uniform.h"

#include <ATen/core/grad_mode.h>

#include <utility>

namespace dsqbench {

namespace {
// Weight of the newest batch in the moving average: 1 - 0.9, the ratio of MQBench's EMAMinMax observer.
constexpr double newest_batch = 0.1;
}  // namespace

UniformQuantizer::UniformQuantizer(const QuantizerSettings& settings, UniformDesign design)
    : Quantizer(settings), design_(std::move(design)) {
    const at::Tensor l = range_tensor(0), u = range_tensor(1);
    const bool learned = design_.source == RangeSource::learned;
    l_ = learned ? register_parameter("l", l) : register_buffer("l", l);
    u_ = learned ? register_parameter("u", u) : register_buffer("u", u);
}

void UniformQuantizer::fit(const at::Tensor& x) {
    const Range range = fit_range(x, design_.rule, settings());
    l_.copy_(range.l);
    u_.copy_(range.u);
}

at::Tensor UniformQuantizer::fake_quantize(const at::Tensor& x) {
    if (is_training() && design_.source == RangeSource::tracked)
        track(fit_range(x, design_.rule, settings(), activation_group()));
    return quantize(x);
}

FusedSite UniformQuantizer::fused_site(const SiteInput& input) {
    if (is_training() && design_.source == RangeSource::tracked) {
        // Asked first, as forward() moves the range itself where this gives no pass.
        if (design_.rule != RangeRule::min_max || !fused_quantize().pass) return {};
        const Range extremes{at::full_like(l_, input.lowest), at::full_like(u_, input.highest)};
        track(valid_range(widest_range(extremes, activation_group())));
    }
    return fused_quantize();
}

void UniformQuantizer::track(const Range& range) {
    const at::NoGradGuard no_gradient;
    const double newest = settings().role == QuantizerRole::weight ? 1 : newest_batch;
    l_.lerp_(range.l, newest);
    u_.lerp_(range.u, newest);
}

Staircase UniformQuantizer::staircase() const {
    return make_staircase(valid_range({l_, u_}), settings().bits);
}

StaircaseParameters UniformQuantizer::learned_range() const {
    if (design_.source == RangeSource::tracked) return {};
    return {l_, u_, {}};
}

void UniformQuantizer::project() {
    const at::NoGradGuard no_gradient;
    const Range range = valid_range({l_, u_});
    l_.copy_(range.l);
    u_.copy_(range.u);
}

nlohmann::json UniformQuantizer::describe() const {
    nlohmann::json description = describe_as(design_.name);
    description["range"] = design_.source == RangeSource::learned ? "learned" : "tracked";
    description["range_rule"] = name_of(design_.rule);
    return description;
}

std::map<std::string, double> UniformQuantizer::state_summary() const {
    const Range range = staircase().range;
    return {{"l", range.l.mean().item<double>()}, {"u", range.u.mean().item<double>()}};
}

}  // namespace dsqbench
