// ResNet for small images: He et al. 2016, section 4.2 (three stages of n blocks, 6n + 2 layers), with torchvision's
// names. Shortcuts that change the shape are 1x1 convolutions (type B), because whether those are quantized is a
// question that the suite asks; the paper's CIFAR networks pad with zeros (type A).
#include "suite/models/residual.h"

namespace dsqbench {

namespace {

using blocked::Feature;
using blocked::Rectified;

class ResNetCifar : public Network {
public:
    ResNetCifar(const ModelSettings& settings, int blocks) {
        const auto& quantization = settings.quantization;
        const std::int64_t width = settings.width;
        stem_ = add_convolution(*this, 1, {settings.in_channels, width, 3, 1, 1}, quantization, LayerPosition::first);
        layer1_ = register_module("layer1", Stage::of<BasicBlock>(width, width, 1, blocks, quantization));
        layer2_ = register_module("layer2", Stage::of<BasicBlock>(width, 2 * width, 2, blocks, quantization));
        layer3_ = register_module("layer3", Stage::of<BasicBlock>(2 * width, 4 * width, 2, blocks, quantization));
        fc_ = std::make_shared<QuantizedLinear>(4 * width, settings.classes, quantization, LayerPosition::last);
        register_module("fc", fc_);
    }

    at::Tensor forward(const at::Tensor& images) override {
        if (has_blocked_form(images)) return forward_blocked(images);
        at::Tensor x = at::relu(stem_.forward(images));
        x = layer3_->forward(layer2_->forward(layer1_->forward(x)));
        return fc_->forward(x.mean(at::IntArrayRef{2, 3}));
    }

    std::vector<NetworkNode> nodes() override {
        std::vector<NetworkNode> nodes{{-1, LayerNode{stem_.convolution.get(), stem_.norm.get()}}};
        int last = 0;
        for (const auto& stage : {layer1_, layer2_, layer3_}) last = stage->add_nodes(nodes, last);
        nodes.push_back({last, MeanPoolNode{}});
        nodes.push_back({last + 1, LayerNode{fc_.get(), nullptr, {}, false}});
        return nodes;
    }

private:
    bool has_blocked_form(const at::Tensor& images) {
        // The blocked form gives images no gradient.
        if (images.requires_grad() || !blocked::is_usable(images)) return false;
        for (const auto& named : layers()) {
            const auto* convolution = dynamic_cast<QuantizedConv2d*>(named.layer);
            if (convolution != nullptr && !convolution->has_blocked_form()) return false;
        }
        return true;
    }

    at::Tensor forward_blocked(const at::Tensor& images) {
        // Of its own memory, as the first block reads it twice.
        Feature x =
            blocked::materialise(stem_.norm->forward(stem_.convolution->forward_images(images), Rectified::yes));
        x = layer3_->forward(layer2_->forward(layer1_->forward(x)));
        return fc_->forward(x.values.mean(at::IntArrayRef{2, 3}).flatten(1));
    }

    NormalisedConvolution stem_;
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
