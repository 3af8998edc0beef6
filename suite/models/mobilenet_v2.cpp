// MobileNetV2 (Sandler et al. 2018, table 2) as torchvision has it, names included; `width` is 32 there, and scales all
// channels as the paper's multiplier does. Without the dropout before the classifier that torchvision trains with.
#include <algorithm>

#include "suite/models/network.h"

namespace dsqbench {

namespace {

constexpr double published_width = 32;
constexpr std::int64_t classifier_channels = 1280;

struct InvertedStage {
    std::int64_t expansion, channels, blocks, stride;
};
constexpr InvertedStage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                    {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

// The nearest multiple of 8, but at least 90 % of what was asked (the authors' code).
std::int64_t scaled(double channels, double multiplier) {
    const double asked = channels * multiplier;
    const auto nearest = std::max<std::int64_t>(8, static_cast<std::int64_t>(asked + 4) / 8 * 8);
    return static_cast<double>(nearest) < 0.9 * asked ? nearest + 8 : nearest;
}

// A convolution "0", its batch normalisation "1", and ReLU6: torchvision's Conv2dNormActivation.
class ConvolutionNorm : public torch::nn::Module {
public:
    ConvolutionNorm(const ConvolutionSettings& settings, const QuantizationSettings& quantization,
                    LayerPosition position) {
        convolution_ = std::make_shared<QuantizedConv2d>(settings, quantization, position);
        register_module("0", convolution_);
        norm_ = register_module("1", std::make_shared<BatchNorm2d>(settings.out));
    }

    at::Tensor forward(const at::Tensor& x) {
        const at::Tensor y = norm_->forward(convolution_->forward(x));
        // LibTorch 1.13 has no gradient of it in bfloat16 on the CPU.
        return at::hardtanh(y.to(at::promoteTypes(y.scalar_type(), at::kFloat)), 0, 6).to(y.scalar_type());
    }

private:
    std::shared_ptr<QuantizedConv2d> convolution_;
    std::shared_ptr<BatchNorm2d> norm_;
};

// 1x1 to `expansion` times the channels, 3x3 on each of them alone, 1x1 back without an activation.
class InvertedResidual : public torch::nn::Module {
public:
    InvertedResidual(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t expansion,
                     const QuantizationSettings& quantization)
        : has_shortcut_(stride == 1 && in == out) {
        const std::int64_t hidden = in * expansion;
        const auto conv = register_module("conv", std::make_shared<torch::nn::Module>("Sequential"));
        const auto add = [&](const ConvolutionSettings& settings) {
            layers_.push_back(
                conv->register_module(std::to_string(layers_.size()),
                                      std::make_shared<ConvolutionNorm>(settings, quantization, LayerPosition::inner)));
        };
        if (expansion != 1) add({in, hidden, 1, 1, 0});
        add({hidden, hidden, 3, stride, 1, hidden});
        projection_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{hidden, out, 1, 1, 0}, quantization,
                                                        LayerPosition::inner);
        conv->register_module(std::to_string(layers_.size()), projection_);
        norm_ = conv->register_module(std::to_string(layers_.size() + 1), std::make_shared<BatchNorm2d>(out));
    }

    at::Tensor forward(const at::Tensor& x) {
        at::Tensor y = x;
        for (const auto& layer : layers_) y = layer->forward(y);
        y = norm_->forward(projection_->forward(y));
        return has_shortcut_ ? x + y : y;
    }

private:
    bool has_shortcut_;
    std::vector<std::shared_ptr<ConvolutionNorm>> layers_;
    std::shared_ptr<QuantizedConv2d> projection_;
    std::shared_ptr<BatchNorm2d> norm_;
};

class MobileNetV2 : public Network {
public:
    explicit MobileNetV2(const ModelSettings& settings) {
        const auto& quantization = settings.quantization;
        const double multiplier = static_cast<double>(settings.width) / published_width;
        features_ = register_module("features", std::make_shared<torch::nn::Module>("Sequential"));
        std::int64_t in = scaled(published_width, multiplier);
        stem_ = add<ConvolutionNorm>(ConvolutionSettings{settings.in_channels, in, 3, 2, 1}, quantization,
                                     LayerPosition::first);
        for (const auto& [expansion, channels, blocks, stride] : stages)
            for (std::int64_t i = 0; i < blocks; ++i) {
                const std::int64_t out = scaled(static_cast<double>(channels), multiplier);
                blocks_.push_back(add<InvertedResidual>(in, out, i == 0 ? stride : 1, expansion, quantization));
                in = out;
            }
        const std::int64_t last = scaled(classifier_channels, std::max(1.0, multiplier));
        head_ = add<ConvolutionNorm>(ConvolutionSettings{in, last, 1, 1, 0}, quantization, LayerPosition::inner);
        const auto classifier = register_module("classifier", std::make_shared<torch::nn::Module>("Sequential"));
        classifier_ = std::make_shared<QuantizedLinear>(last, settings.classes, quantization, LayerPosition::last);
        classifier->register_module("1", classifier_);  // "0" is torchvision's dropout
    }

    at::Tensor forward(const at::Tensor& images) override {
        at::Tensor x = stem_->forward(images);
        for (const auto& block : blocks_) x = block->forward(x);
        return classifier_->forward(head_->forward(x).mean(at::IntArrayRef{2, 3}));
    }

private:
    template <class Module, class... Arguments>
    std::shared_ptr<Module> add(Arguments&&... arguments) {
        return features_->register_module(std::to_string(features_->children().size()),
                                          std::make_shared<Module>(std::forward<Arguments>(arguments)...));
    }

    std::shared_ptr<torch::nn::Module> features_;
    std::shared_ptr<ConvolutionNorm> stem_, head_;
    std::vector<std::shared_ptr<InvertedResidual>> blocks_;
    std::shared_ptr<QuantizedLinear> classifier_;
};

const ModelRegistration registration{
    "mobilenet_v2",
    {[](const ModelSettings& settings) { return std::make_shared<MobileNetV2>(settings); },
     "MobileNetV2 for large images (Sandler et al. 2018, table 2); its published width is 32"}};

}  // namespace
}  // namespace dsqbench
