// Convolution and linear layers with explicit quantization sites: one quantizer for the weight, one for the input.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "quantizers/quantizer.h"
#include "suite/blocked/feature.h"
#include "suite/models/convolution.h"

namespace dsqbench {

// Where a layer stands decides which policy picks its quantizers.
enum class LayerPosition { first, inner, shortcut, last };

// What the first or last layer does: stay in FP32, use 8-bit min-max quantizers for every contender, or be quantized
// like the inner layers.
enum class EdgePolicy { fp32, eight_bit, same };
enum class ShortcutPolicy { fp32, same };
enum class WeightRanges { per_tensor, per_channel };

struct QuantizationSettings {
    std::string weight = "fp32", activation = "fp32";  // registered quantizers
    int weight_bits = 32, activation_bits = 32;        // 1 to 8, or 32 for not quantized
    EdgePolicy first_layer = EdgePolicy::eight_bit, last_layer = EdgePolicy::eight_bit;
    ShortcutPolicy shortcuts = ShortcutPolicy::same;
    WeightRanges weight_ranges = WeightRanges::per_tensor;
    // "dsq.eq13" -> "soft": options by quantizer; those of other quantizers are ignored here.
    nlohmann::json options = nlohmann::json::object();
    nlohmann::json options_of(const std::string& quantizer) const;  // "eq13" -> "soft" of "dsq"
};

// A layer with a weight, whose weight and input pass through quantizers where there are some.
class QuantizedLayer : public torch::nn::Module {
public:
    // Null where the site is not quantized.
    const std::shared_ptr<Quantizer>& weight_quantizer() const { return weight_quantizer_; }
    const std::shared_ptr<Quantizer>& activation_quantizer() const { return activation_quantizer_; }
    const at::Tensor& weight() const { return weight_; }
    const at::Tensor& bias() const { return bias_; }  // undefined where there is none

    // While a probe is set, forward() hands it the input of the activation quantizer and its output, and the same for
    // the weight. Statistics and calibration stand on this.
    struct Probe {
        virtual ~Probe() = default;
        // Returns what the layer computes with.
        virtual at::Tensor at_site(QuantizedLayer& layer, Quantizer& quantizer, const at::Tensor& x) = 0;
    };
    void set_probe(Probe* probe) { probe_ = probe; }
    bool is_probed() const { return probe_ != nullptr; }

protected:
    // `weight`: [out, ...]. Creates the parameters and, by policy, the quantizers.
    QuantizedLayer(const at::Tensor& weight, bool has_bias, const QuantizationSettings& quantization,
                   LayerPosition position);

    at::Tensor quantized_input(const at::Tensor& x);
    at::Tensor quantized_weight();

private:
    at::Tensor pass(const std::shared_ptr<Quantizer>& quantizer, const at::Tensor& x);

    at::Tensor weight_, bias_;
    std::shared_ptr<Quantizer> weight_quantizer_, activation_quantizer_;
    Probe* probe_ = nullptr;
};

class QuantizedConv2d : public QuantizedLayer {
public:
    QuantizedConv2d(const ConvolutionSettings& settings, const QuantizationSettings& quantization,
                    LayerPosition position);
    const ConvolutionSettings& convolution() const { return settings_; }
    // [N, in, H, W] -> [N, out, H', W']; without bias, as batch normalisation follows.
    at::Tensor forward(const at::Tensor& x);

    // The same in the blocked layout (suite/blocked), not while a probe is set. `images` for the first layer.
    bool has_blocked_form() const;
    blocked::Convolved forward(const blocked::Feature& x);
    blocked::Convolved forward_images(const at::Tensor& images);

private:
    blocked::Convolved convolve_blocked(const blocked::Feature& x, const FusedSite& site);

    ConvolutionSettings settings_;
};

class QuantizedLinear : public QuantizedLayer {
public:
    QuantizedLinear(std::int64_t in, std::int64_t out, const QuantizationSettings& quantization,
                    LayerPosition position);
    at::Tensor forward(const at::Tensor& x);  // [N, in] -> [N, out]
};

}  // namespace dsqbench
