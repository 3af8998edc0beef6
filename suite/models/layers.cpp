#include "suite/models/layers.h"

#include "quantizers/autocast.h"
#include "suite/blocked/plan.h"

namespace dsqbench {

namespace {

constexpr int full_precision_bits = 32;
// What `8bit` layers use for every contender alike: min-max ranges, straight-through.
constexpr const char* edge_quantizer = "ste";

struct SiteChoice {
    std::string quantizer;
    int bits;
};

bool is_quantized(const std::string& quantizer, int bits) {
    return quantizer != "fp32" && bits != full_precision_bits;
}

EdgePolicy policy_of(const QuantizationSettings& settings, LayerPosition position) {
    switch (position) {
        case LayerPosition::first:
            return settings.first_layer;
        case LayerPosition::last:
            return settings.last_layer;
        case LayerPosition::shortcut:
            return settings.shortcuts == ShortcutPolicy::same ? EdgePolicy::same : EdgePolicy::fp32;
        case LayerPosition::inner:
            break;
    }
    return EdgePolicy::same;
}

SiteChoice choose(const QuantizationSettings& settings, LayerPosition position, QuantizerRole role) {
    const bool is_weight = role == QuantizerRole::weight;
    const SiteChoice contender = is_weight ? SiteChoice{settings.weight, settings.weight_bits}
                                           : SiteChoice{settings.activation, settings.activation_bits};
    const EdgePolicy policy = policy_of(settings, position);
    if (policy == EdgePolicy::fp32 || !is_quantized(contender.quantizer, contender.bits))
        return {"fp32", full_precision_bits};
    if (policy == EdgePolicy::eight_bit) return {edge_quantizer, 8};
    // The network's input is an 8-bit image with negative values once normalised, which quantizers of post-ReLU
    // activations (DoReFa, PACT) would cut off: `same` speaks of the first layer's weights.
    if (position == LayerPosition::first && !is_weight) return {edge_quantizer, 8};
    return contender;
}

std::shared_ptr<Quantizer> make_site(const QuantizationSettings& settings, LayerPosition position, QuantizerRole role,
                                     std::int64_t out_channels) {
    const SiteChoice choice = choose(settings, position, role);
    if (!is_quantized(choice.quantizer, choice.bits)) return nullptr;
    QuantizerSettings quantizer;
    quantizer.role = role;
    quantizer.bits = choice.bits;
    const bool per_channel = role == QuantizerRole::weight && settings.weight_ranges == WeightRanges::per_channel;
    quantizer.channels = per_channel ? out_channels : 0;
    quantizer.options = settings.options_of(choice.quantizer);
    return make_quantizer(choice.quantizer, quantizer);
}

}  // namespace

nlohmann::json QuantizationSettings::options_of(const std::string& quantizer) const {
    nlohmann::json own = nlohmann::json::object();
    for (const auto& [key, value] : options.items()) {
        const auto dot = key.find('.');
        if (key.substr(0, dot) == quantizer && dot != std::string::npos) own[key.substr(dot + 1)] = value;
    }
    return own;
}

QuantizedLayer::QuantizedLayer(const at::Tensor& weight, bool has_bias, const QuantizationSettings& quantization,
                               LayerPosition position) {
    weight_ = register_parameter("weight", weight);
    if (has_bias) bias_ = register_parameter("bias", at::zeros({weight.size(0)}));
    weight_quantizer_ = make_site(quantization, position, QuantizerRole::weight, weight.size(0));
    activation_quantizer_ = make_site(quantization, position, QuantizerRole::activation, 0);
    if (weight_quantizer_) register_module("weight_quantizer", weight_quantizer_);
    if (activation_quantizer_) register_module("activation_quantizer", activation_quantizer_);
}

at::Tensor QuantizedLayer::pass(const std::shared_ptr<Quantizer>& quantizer, const at::Tensor& x) {
    if (!quantizer) return x;
    if (probe_ != nullptr) return probe_->at_site(*this, *quantizer, x);
    if (!is_autocast(x.device().type())) return quantizer->forward(x);
    // Codes and ranges are float32's, whatever type the layers before have computed in.
    const AutocastRegion none(x.device().type(), std::nullopt);
    return quantizer->forward(x.to(at::kFloat));
}

at::Tensor QuantizedLayer::quantized_input(const at::Tensor& x) {
    return pass(activation_quantizer_, x);
}
at::Tensor QuantizedLayer::quantized_weight() {
    return pass(weight_quantizer_, weight_);
}

QuantizedConv2d::QuantizedConv2d(const ConvolutionSettings& settings, const QuantizationSettings& quantization,
                                 LayerPosition position)
    : QuantizedLayer(at::zeros({settings.out, settings.in / settings.groups, settings.kernel, settings.kernel}), false,
                     quantization, position),
      settings_(settings) {}

at::Tensor QuantizedConv2d::forward(const at::Tensor& x) {
    return convolve(quantized_input(x), quantized_weight(), settings_);
}

bool QuantizedConv2d::has_blocked_form() const {
    const bool is_square_3_or_1 =
        (settings_.kernel == 3 && settings_.padding == 1) || (settings_.kernel == 1 && settings_.padding == 0);
    return is_square_3_or_1 && settings_.groups == 1 && settings_.stride <= 2 && settings_.out % blocked::block == 0 &&
           !is_probed() && weight().scalar_type() == at::kFloat && weight().device().is_cpu();
}

blocked::Convolved QuantizedConv2d::convolve_blocked(const blocked::Feature& x, const FusedSite& site) {
    blocked::ConvolutionLayer layer;
    layer.stride = settings_.stride;
    layer.measures = is_training();
    layer.site = site;
    return blocked::convolution(x, quantized_weight(), layer);
}

blocked::Convolved QuantizedConv2d::forward(const blocked::Feature& x) {
    const auto& quantizer = activation_quantizer();
    if (!quantizer) return convolve_blocked(x, {});
    const bool is_known = x.extremes != nullptr || !is_training();  // in evaluation no range follows them
    const FusedSite site = is_known ? quantizer->fuse(blocked::site_input(x)) : FusedSite{};
    if (site.pass) return convolve_blocked(x, site);
    blocked::Feature quantized;
    quantized.values = quantizer->forward(blocked::materialise(x).values).contiguous();
    return convolve_blocked(quantized, {});
}

blocked::Convolved QuantizedConv2d::forward_images(const at::Tensor& images) {
    return convolve_blocked(blocked::block_images(quantized_input(images)), {});
}

QuantizedLinear::QuantizedLinear(std::int64_t in, std::int64_t out, const QuantizationSettings& quantization,
                                 LayerPosition position)
    : QuantizedLayer(at::zeros({out, in}), true, quantization, position) {}

at::Tensor QuantizedLinear::forward(const at::Tensor& x) {
    return at::linear(quantized_input(x), quantized_weight(), bias());
}

}  // namespace dsqbench
