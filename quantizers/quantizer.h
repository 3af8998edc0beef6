// The interface of every contender. A quantizer is a module with learnable parameters, a differentiable forward pass,
// and a stated integer grid.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "quantizers/fused_site.h"
#include "quantizers/grid.h"
#include "quantizers/rank_group.h"
#include "suite/core/registry.h"

namespace dsqbench {

enum class QuantizerRole { weight, activation };

struct QuantizerSettings {
    QuantizerRole role = QuantizerRole::weight;
    int bits = 8;               // 1 to 8
    std::int64_t channels = 0;  // 0: one range for the tensor; else one a channel of dimension 0 (weights only)
    nlohmann::json options = nlohmann::json::object();  // this quantizer's own options; unknown ones are errors
};

// Parameters are named alpha, l, u, clip. What training tracks (moving ranges, DoReFa's max |tanh w|) is a buffer: it
// moves in training mode, stays in evaluation, and survives a checkpoint. A fresh quantizer holds valid values, so that
// a checkpoint can be loaded into it in the place of calibrate().
class Quantizer : public torch::nn::Module {
public:
    explicit Quantizer(QuantizerSettings settings);

    const QuantizerSettings& settings() const { return settings_; }

    // FP32: no grid, forward() returns x. Models leave such a quantizer out.
    virtual bool is_identity() const { return false; }

    // Fits the range to a first tensor (the initial weights, or the activations of the calibration images) and takes
    // over its element type and device. Called once, before training. Throws Error(data) for an empty tensor,
    // Error(numeric) for one that is not finite.
    void calibrate(const at::Tensor& x);

    // x of any shape (dimension 0 = channels when per channel), float32 or float64 as in calibrate(); same shape and
    // type back. In training mode also updates what the quantizer tracks. The value equals
    // grid().dequantize(grid().quantize(x)) to the bit, with the grid as it is after the call. Throws Error(data) for
    // an empty tensor, std::logic_error before calibrate() and for another element type.
    at::Tensor forward(const at::Tensor& x);

    // forward() and its backward pass for a layer that quantizes its input inside its own loops: the same bits, and in
    // training mode the same update. A null pass where this quantizer, or its present settings, need the whole tensor.
    // std::logic_error before calibrate().
    FusedSite fuse(const SiteInput& input);

    // From now on every rank of `group` has its part of a batch, and what is tracked of activations in training mode
    // follows the whole. Null: this process has all of it.
    void join(std::shared_ptr<const RankGroup> group) { group_ = std::move(group); }

    // The grid of the last forward(), in evaluation the grid that forward() will use. No gradient.
    virtual Grid grid() const = 0;

    // The differentiable function whose slope replaces the staircase's in the backward pass, as a value, for measuring
    // the error that it would have had; clip(x, l, u) for straight-through estimators. No gradient.
    virtual at::Tensor surrogate(const at::Tensor& x) const = 0;

    // Restores constraints (0 < alpha < 0.5, u - l >= epsilon, ...) in place; called after every optimizer step.
    // forward() and grid() already act as if it had been called.
    virtual void project() {}

    // A term for the loss (L2 on alpha, PACT's L2 on its clipping level); undefined tensor when there is none.
    virtual at::Tensor penalty() const { return {}; }

    // What this instance is and its settings, for `show` and the run's record: {"quantizer": "dsq", "bits": 2, ...}.
    virtual nlohmann::json describe() const = 0;

    // Scalars (means over channels) for metrics.jsonl: {"alpha": 0.21, "l": -0.3, "u": 0.31}.
    virtual std::map<std::string, double> state_summary() const = 0;

protected:
    // Sets ranges from a finite, non-empty tensor. Runs without gradients.
    virtual void fit(const at::Tensor& x) = 0;
    // forward() after its checks.
    virtual at::Tensor fake_quantize(const at::Tensor& x) = 0;
    // fuse() for float32 on the CPU and one range a tensor.
    virtual FusedSite fused_site(const SiteInput& /*input*/) { return {}; }

    // A tensor of `value`, of the shape that ranges have: [] or [channels].
    at::Tensor range_tensor(double value) const;
    // The group whose batch it is that x of forward() is a part of; null for weights, which every rank has whole.
    const RankGroup* activation_group() const {
        return settings_.role == QuantizerRole::activation ? group_.get() : nullptr;
    }
    // The part of describe() that all contenders share.
    nlohmann::json describe_as(const std::string& name) const;

private:
    void check(const at::Tensor& x);
    void check_calibrated();

    QuantizerSettings settings_;
    std::shared_ptr<const RankGroup> group_;
    at::Tensor calibrated_;  // buffer, 0 or 1
    bool ready_ = false;     // calibrated_ was seen to be 1: spares a GPU the synchronisation
};

struct QuantizerEntry {
    static constexpr const char* kind = "quantizer";
    std::function<std::shared_ptr<Quantizer>(const QuantizerSettings&)> make;
    std::string summary;                         // one line, with the citation
    bool weights = true;                         // may it quantize weights?
    bool activations = true;                     // may it quantize activations?
    std::string weight_partner;                  // for an activation-only quantizer: whose weights its paper uses
    std::map<std::string, std::string> options;  // name -> meaning with default
    int highest_bits = 8;                        // 32 for the identity
};

// The usual `make` of an entry.
template <class Contender>
std::shared_ptr<Quantizer> make_contender(const QuantizerSettings& settings) {
    return std::make_shared<Contender>(settings);
}

using QuantizerRegistration = Registration<QuantizerEntry>;

// Checks bits, role, channels and options against the entry, then makes the quantizer. Throws Error(usage) for an
// unknown name, Error(recipe) for settings that it cannot have.
std::shared_ptr<Quantizer> make_quantizer(const std::string& name, const QuantizerSettings& settings);

// The quantizers of a contender as the user writes it: "dsq" -> dsq/dsq, "pact" -> dorefa/pact, "dorefa/pact" as it is.
// Throws Error(usage) for an unknown name, Error(recipe) for a quantizer in a role that it does not have.
struct QuantizerPair {
    std::string weight, activation;
};
QuantizerPair complete_pair(const std::string& contender);

}  // namespace dsqbench
