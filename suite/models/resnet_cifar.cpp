// ResNet for small images: He et al. 2016, section 4.2 (three stages of n blocks, 6n + 2 layers), with torchvision's
// names. Shortcuts that change the shape are 1x1 convolutions (type B), because whether those are quantized is a
// question that the suite asks; the paper's CIFAR networks pad with zeros (type A).
#include <torch/nn/modules/batchnorm.h>

#include "suite/models/network.h"

namespace dsqbench {

namespace {

using blocked::Feature;
using blocked::Rectified;
using torch::nn::BatchNorm2dImpl;

class Downsample : public torch::nn::Module {
public:
    Downsample(std::int64_t in, std::int64_t out, std::int64_t stride, const QuantizationSettings& quantization) {
        convolution_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{in, out, 1, stride, 0}, quantization,
                                                         LayerPosition::shortcut);
        register_module("0", convolution_);
        norm_ = register_module("1", std::make_shared<BatchNorm2dImpl>(out));
    }

    at::Tensor forward(const at::Tensor& x) { return norm_->forward(convolution_->forward(x)); }
    Feature forward(const Feature& x) { return normalised(*norm_, convolution_->forward(x), Rectified::no); }

    int add_nodes(std::vector<NetworkNode>& nodes, int input) {
        nodes.push_back({input, LayerNode{convolution_.get(), norm_.get(), {}, false}});
        return static_cast<int>(nodes.size()) - 1;
    }

private:
    std::shared_ptr<QuantizedConv2d> convolution_;
    std::shared_ptr<BatchNorm2dImpl> norm_;
};

class BasicBlock : public torch::nn::Module {
public:
    BasicBlock(std::int64_t in, std::int64_t out, std::int64_t stride, const QuantizationSettings& quantization) {
        conv1_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{in, out, 3, stride, 1}, quantization,
                                                   LayerPosition::inner);
        conv2_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{out, out, 3, 1, 1}, quantization,
                                                   LayerPosition::inner);
        register_module("conv1", conv1_);
        bn1_ = register_module("bn1", std::make_shared<BatchNorm2dImpl>(out));
        register_module("conv2", conv2_);
        bn2_ = register_module("bn2", std::make_shared<BatchNorm2dImpl>(out));
        if (stride != 1 || in != out)
            downsample_ = register_module("downsample", std::make_shared<Downsample>(in, out, stride, quantization));
    }

    at::Tensor forward(const at::Tensor& x) {
        at::Tensor y = at::relu(bn1_->forward(conv1_->forward(x)));
        y = bn2_->forward(conv2_->forward(y));
        return at::relu(y + (downsample_ ? downsample_->forward(x) : x));
    }

    Feature forward(const Feature& x) {
        const Feature y = normalised(*bn1_, conv1_->forward(x), Rectified::yes);
        const Feature branch = normalised(*bn2_, conv2_->forward(y), Rectified::no);
        return blocked::join(branch, downsample_ ? downsample_->forward(x) : x);
    }

    int add_nodes(std::vector<NetworkNode>& nodes, int input) {
        const int shortcut = downsample_ ? downsample_->add_nodes(nodes, input) : input;
        nodes.push_back({input, LayerNode{conv1_.get(), bn1_.get()}});
        const int first = static_cast<int>(nodes.size()) - 1;
        nodes.push_back({first, LayerNode{conv2_.get(), bn2_.get(), shortcut}});
        return first + 1;
    }

private:
    std::shared_ptr<QuantizedConv2d> conv1_, conv2_;
    std::shared_ptr<BatchNorm2dImpl> bn1_, bn2_;
    std::shared_ptr<Downsample> downsample_;
};

class Stage : public torch::nn::Module {
public:
    Stage(std::int64_t in, std::int64_t out, std::int64_t stride, int blocks,
          const QuantizationSettings& quantization) {
        for (int i = 0; i < blocks; ++i)
            blocks_.push_back(register_module(
                std::to_string(i),
                std::make_shared<BasicBlock>(i == 0 ? in : out, out, i == 0 ? stride : 1, quantization)));
    }

    template <class Activations>
    Activations forward(Activations x) {
        for (const auto& block : blocks_) x = block->forward(x);
        return x;
    }

    int add_nodes(std::vector<NetworkNode>& nodes, int input) {
        for (const auto& block : blocks_) input = block->add_nodes(nodes, input);
        return input;
    }

private:
    std::vector<std::shared_ptr<BasicBlock>> blocks_;
};

class ResNetCifar : public Network {
public:
    ResNetCifar(const ModelSettings& settings, int blocks) {
        const auto& quantization = settings.quantization;
        const std::int64_t width = settings.width;
        conv1_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{settings.in_channels, width, 3, 1, 1},
                                                   quantization, LayerPosition::first);
        register_module("conv1", conv1_);
        bn1_ = register_module("bn1", std::make_shared<BatchNorm2dImpl>(width));
        layer1_ = register_module("layer1", std::make_shared<Stage>(width, width, 1, blocks, quantization));
        layer2_ = register_module("layer2", std::make_shared<Stage>(width, 2 * width, 2, blocks, quantization));
        layer3_ = register_module("layer3", std::make_shared<Stage>(2 * width, 4 * width, 2, blocks, quantization));
        fc_ = std::make_shared<QuantizedLinear>(4 * width, settings.classes, quantization, LayerPosition::last);
        register_module("fc", fc_);
    }

    at::Tensor forward(const at::Tensor& images) override {
        if (has_blocked_form(images)) return forward_blocked(images);
        at::Tensor x = at::relu(bn1_->forward(conv1_->forward(images)));
        x = layer3_->forward(layer2_->forward(layer1_->forward(x)));
        return fc_->forward(x.mean(at::IntArrayRef{2, 3}));
    }

    std::vector<NetworkNode> nodes() override {
        std::vector<NetworkNode> nodes{{-1, LayerNode{conv1_.get(), bn1_.get()}}};
        int last = 0;
        for (const auto& stage : {layer1_, layer2_, layer3_}) last = stage->add_nodes(nodes, last);
        nodes.push_back({last, MeanPoolNode{}});
        nodes.push_back({last + 1, LayerNode{fc_.get(), nullptr, {}, false}});
        return nodes;
    }

private:
    bool has_blocked_form(const at::Tensor& images) {
        if (!blocked::is_usable(images)) return false;
        for (const auto& named : layers()) {
            const auto* convolution = dynamic_cast<QuantizedConv2d*>(named.layer);
            if (convolution != nullptr && !convolution->has_blocked_form()) return false;
        }
        return true;
    }

    at::Tensor forward_blocked(const at::Tensor& images) {
        // Of its own memory, as the first block reads it twice.
        Feature x = blocked::materialise(normalised(*bn1_, conv1_->forward_images(images), Rectified::yes));
        x = layer3_->forward(layer2_->forward(layer1_->forward(x)));
        return fc_->forward(x.values.mean(at::IntArrayRef{2, 3}).flatten(1));
    }

    std::shared_ptr<QuantizedConv2d> conv1_;
    std::shared_ptr<BatchNorm2dImpl> bn1_;
    std::shared_ptr<Stage> layer1_, layer2_, layer3_;
    std::shared_ptr<QuantizedLinear> fc_;
};

ModelEntry entry(int blocks) {
    return {[blocks](const ModelSettings& settings) { return std::make_shared<ResNetCifar>(settings, blocks); },
            "ResNet-" + std::to_string(6 * blocks + 2) + " for small images (He et al. 2016, section 4.2)"};
}

const ModelRegistration resnet8{"resnet8", entry(1)};
const ModelRegistration resnet20{"resnet20", entry(3)};
const ModelRegistration resnet32{"resnet32", entry(5)};
const ModelRegistration resnet56{"resnet56", entry(9)};

}  // namespace
}  // namespace dsqbench
