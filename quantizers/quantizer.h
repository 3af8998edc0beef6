// The interface of every contender. A quantizer is a module with learnable parameters, a differentiable forward pass, and
// a stated integer grid.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "quantizers/grid.h"
#include "suite/core/registry.h"

namespace dsqbench {

enum class QuantizerRole { weight, activation };

struct QuantizerSettings {
    QuantizerRole role = QuantizerRole::weight;
    int bits = 8;               // 1 to 8
    std::int64_t channels = 0;  // 0: one range for the tensor; else one a channel of dimension 0 (weights only)
    nlohmann::json options = nlohmann::json::object();  // this quantizer's own options; unknown ones are errors
};

class Quantizer : public torch::nn::Module {
public:
    explicit Quantizer(QuantizerSettings settings) : settings_(std::move(settings)) {}

    const QuantizerSettings& settings() const { return settings_; }

    // Fits the range to a first tensor: the initial weights, or the activations of the calibration images. Called once,
    // before training; forward() before it is an error of the programmer.
    virtual void calibrate(const at::Tensor& x) = 0;

    // x of any shape (dimension 0 = channels when per channel), float32 or float64; same shape and type back. In training
    // mode also updates what the quantizer tracks (moving ranges). The value equals grid().dequantize(grid().quantize(x))
    // to the bit, with the grid as it is after the call.
    virtual at::Tensor forward(const at::Tensor& x) = 0;

    // The grid of the last forward(), in evaluation the grid that forward() will use.
    virtual Grid grid() const = 0;

    // The differentiable function whose slope replaces the staircase's in the backward pass, as a value, for measuring
    // the error that it would have had; the identity on [l, u] for straight-through estimators. No gradient.
    virtual at::Tensor surrogate(const at::Tensor& x) const = 0;

    // Restores constraints (0 < alpha < 0.5, u - l >= epsilon, ...) in place; called after every optimizer step.
    virtual void project() {}

    // A term for the loss (L2 on alpha, PACT's L2 on its clipping level); undefined tensor when there is none.
    virtual at::Tensor penalty() const { return {}; }

    // What this instance is and its settings, for `show` and the run's record: {"quantizer": "dsq", "bits": 2, ...}.
    virtual nlohmann::json describe() const = 0;

    // Scalars (means over channels) for metrics.jsonl: {"alpha": 0.21, "l": -0.3, "u": 0.31}.
    virtual std::map<std::string, double> state_summary() const = 0;

private:
    QuantizerSettings settings_;
};

struct QuantizerEntry {
    static constexpr const char* kind = "quantizer";
    std::function<std::shared_ptr<Quantizer>(const QuantizerSettings&)> make;
    std::string summary;                 // one line, with the citation
    bool weights = true;                 // may it quantize weights?
    bool activations = true;             // may it quantize activations?
    std::string weight_partner;          // for an activation-only quantizer: whose weights its paper uses
    std::map<std::string, std::string> options;  // name -> meaning with default
};

using QuantizerRegistration = Registration<QuantizerEntry>;

// Checks bits, role and options against the entry, then makes the quantizer. Throws Error(usage) or Error(recipe).
std::shared_ptr<Quantizer> make_quantizer(const std::string& name, const QuantizerSettings& settings);

// The quantizers of a contender as the user writes it: "dsq" -> dsq/dsq, "pact" -> dorefa/pact, "dorefa/pact" as it is.
struct QuantizerPair {
    std::string weight, activation;
};
QuantizerPair complete_pair(const std::string& contender);

}  // namespace dsqbench
