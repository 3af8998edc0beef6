// DoReFa-Net: Zhou et al. 2016 (arXiv 1606.06160). With q(r) = round((2^bits - 1) r) / (2^bits - 1) and dq/dr = 1:
//     weights, 2 bits and more   2 q(tanh(w) / (2 max|tanh(w)|) + 1/2) - 1
//     weights, 1 bit             E|w| sign(w), dy/dw = 1
//     activations                q(clip(a, 0, 1))
// Decision: like the authors' code (tensorpack, examples/DoReFa-Net/dorefa.py), in training the gradient passes through
// max|tanh(w)| too, while E|w| counts as a constant. sign(0) = 1, so that there are two levels.
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "quantizers/staircase.h"

namespace dsqbench {
namespace {

// A layer of zeros would divide by zero.
constexpr double smallest_magnitude = 1e-12;

// `value` in the forward pass, the identity on `source` in the backward pass.
struct StraightThrough : torch::autograd::Function<StraightThrough> {
    static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& /*source*/,
                              const at::Tensor& value) {
        return value;
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                   const torch::autograd::variable_list& upstream) {
        return {upstream[0], at::Tensor()};
    }
};

// The gradient of t / m with t = tanh(w) and m = max|t|, each channel its own, in two passes over t with upstream g:
// sums of g t and of the elements that reach m, then dw = (1 - t^2) (g / m - (sum of g t) / m^2 dm/dt).
struct ReachFormula {
    static constexpr int sum_count = 2;
    float magnitude;

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& t, const Vector& upstream, Vector (&sums)[sum_count]) const {
        sums[0] += upstream * t;
        sums[1] += where_at_least(magnitude_lanes(t), magnitude, all_lanes<Vector>(1));
        return upstream;
    }
};
struct NormalisedTanhFormula {
    static constexpr int sum_count = 1;     // of nothing
    float magnitude, reciprocal, by_reach;  // dm/dt = sign(t) = t / m, shared by all that reach m

    template <class Vector>
    DSQBENCH_INLINE Vector gradient(const Vector& t, const Vector& upstream, Vector (&/*sums*/)[sum_count]) const {
        const Vector through_magnitude = where_at_least(magnitude_lanes(t), magnitude, by_reach * t);
        return (1 - t * t) * (reciprocal * upstream - through_magnitude);
    }
};

// `value`, the levels of t / m, in the forward pass; the gradient above in the backward pass, without its second part
// when m is a constant.
struct NormalisedTanh : torch::autograd::Function<NormalisedTanh> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& /*w*/, const at::Tensor& t,
                              const at::Tensor& magnitude, bool is_measured, const at::Tensor& value) {
        context->save_for_backward({t, magnitude});
        context->saved_data["is_measured"] = is_measured;
        return value;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& upstream) {
        const auto saved = context->get_saved_variables();
        const at::Tensor &t = saved[0], magnitudes = saved[1].contiguous(), g = upstream[0].contiguous();
        const float* magnitude = magnitudes.data_ptr<float>();
        std::vector<double> by_reach(static_cast<std::size_t>(magnitudes.numel()), 0);
        if (context->saved_data["is_measured"].toBool()) {
            const auto reach = [&](std::int64_t channel) { return ReachFormula{magnitude[channel]}; };
            const FusedGradient found = fused_gradient(t, g, magnitudes.numel(), reach);
            for (std::size_t c = 0; c < by_reach.size(); ++c)  // none reaches the bound of a layer of zeros
                by_reach[c] = found.sums[c][0] / std::pow(magnitude[c], 3) / std::max(found.sums[c][1], 1.0);
        }
        const auto formula = [&](std::int64_t channel) {
            const auto c = static_cast<std::size_t>(channel);
            return NormalisedTanhFormula{magnitude[c], 1 / magnitude[c], static_cast<float>(by_reach[c])};
        };
        const FusedGradient found = fused_gradient(t, g, magnitudes.numel(), formula);
        return {found.x, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

class DorefaWeights : public Quantizer {
public:
    explicit DorefaWeights(const QuantizerSettings& settings) : Quantizer(settings) {
        magnitude_ = register_buffer("magnitude", range_tensor(1));
    }

    // Several bits: levels from -1 to 1 of the normalised weight. One bit: -E|w| and E|w|.
    Grid grid() const override {
        const bool one_bit = settings().bits == 1;
        Grid grid = levels();
        grid.warp = [one_bit, magnitude = magnitude_.clone()](const at::Tensor& w) {
            return one_bit ? signed_magnitude(w, magnitude) : normalised(w, magnitude);
        };
        return grid;
    }

    at::Tensor surrogate(const at::Tensor& w) const override {
        const at::NoGradGuard no_gradient;
        return settings().bits == 1 ? w.detach().clone() : normalised(w, magnitude_).clamp(-1, 1);
    }

    nlohmann::json describe() const override { return describe_as("dorefa"); }
    std::map<std::string, double> state_summary() const override {
        return {{"magnitude", magnitude_.mean().item<double>()}};
    }

protected:
    void fit(const at::Tensor& w) override { magnitude_.copy_(measured(w)); }

    at::Tensor fake_quantize(const at::Tensor& w) override {
        if (settings().bits > 1 && is_fusable(w)) return fused_fake_quantize_tanh(w);
        const at::Tensor magnitude = is_training() ? measured(w) : magnitude_;
        {
            const at::NoGradGuard no_gradient;
            if (is_training()) magnitude_.copy_(magnitude);
        }
        const at::Tensor value = quantized(w);
        return StraightThrough::apply(settings().bits == 1 ? w : normalised(w, magnitude), value);
    }

private:
    // Of what the grid's warp gives.
    Grid levels() const {
        const at::Tensor reach = settings().bits == 1 ? magnitude_.clone() : at::ones_like(magnitude_);
        return make_grid(settings().bits, level_distance(2 * reach, settings().bits), -reach);
    }

    // fake_quantize() with one tanh and one pass each way: as tensor operations it cost 5 % of ResNet-20's step.
    at::Tensor fused_fake_quantize_tanh(const at::Tensor& w) {
        at::Tensor t, magnitude, value;
        {
            const at::NoGradGuard no_gradient;
            t = w.detach().tanh();
            if (is_training()) magnitude_.copy_(magnitude_of(t));
            magnitude = magnitude_.clone();
            value = levels().fake_quantize(t / broadcast_channels(magnitude, t));
        }
        return NormalisedTanh::apply(w, t, magnitude, is_training(), value);
    }

    static at::Tensor normalised(const at::Tensor& w, const at::Tensor& magnitude) {
        return w.tanh() / broadcast_channels(magnitude, w);
    }

    static at::Tensor signed_magnitude(const at::Tensor& w, const at::Tensor& magnitude) {
        const at::Tensor reach = broadcast_channels(magnitude, w);
        return at::where(w.ge(0), reach, -reach);
    }

    at::Tensor quantized(const at::Tensor& w) const {
        const at::NoGradGuard no_gradient;
        return grid().fake_quantize(w);
    }

    at::Tensor measured(const at::Tensor& w) const { return magnitude_of(settings().bits == 1 ? w : w.tanh()); }

    at::Tensor magnitude_of(const at::Tensor& values) const {
        const auto channels = settings().channels;
        const at::Tensor rows = values.abs().reshape({channels > 0 ? channels : 1, -1});
        const at::Tensor magnitude = (settings().bits == 1 ? rows.mean(1) : rows.amax(1)).clamp_min(smallest_magnitude);
        return channels > 0 ? magnitude : magnitude.squeeze(0);
    }

    at::Tensor magnitude_;
};

class DorefaActivations : public Quantizer {
public:
    explicit DorefaActivations(const QuantizerSettings& settings) : Quantizer(settings) {
        low_ = register_buffer("low", range_tensor(0));
        high_ = register_buffer("high", range_tensor(1));
    }

    Grid grid() const override { return staircase().grid; }
    at::Tensor surrogate(const at::Tensor& x) const override { return x.detach().clamp(0, 1); }
    nlohmann::json describe() const override { return describe_as("dorefa"); }
    std::map<std::string, double> state_summary() const override { return {}; }

protected:
    void fit(const at::Tensor& /*x*/) override {}
    at::Tensor fake_quantize(const at::Tensor& x) override {
        return quantize_on<StraightStep>(x, staircase(), {}, RangeGradient::hard);
    }
    FusedSite fused_site(const SiteInput& /*input*/) override {
        return fused_site_on<StraightStep>(staircase(), {}, RangeGradient::hard);
    }

private:
    Staircase staircase() const { return make_staircase({low_, high_}, settings().bits); }

    at::Tensor low_, high_;  // 0 and 1, in the type and on the device of the module
};

QuantizerEntry entry() {
    QuantizerEntry entry;
    entry.make = [](const QuantizerSettings& settings) -> std::shared_ptr<Quantizer> {
        if (settings.role == QuantizerRole::weight) return std::make_shared<DorefaWeights>(settings);
        return std::make_shared<DorefaActivations>(settings);
    };
    entry.summary = "tanh-normalised weights, activations on [0, 1] (Zhou et al. 2016)";
    return entry;
}

const QuantizerRegistration registration{"dorefa", entry()};

}  // namespace
}  // namespace dsqbench
