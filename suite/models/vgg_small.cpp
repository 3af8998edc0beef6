// VGG-Small: the network of LQ-Nets and DSQ on CIFAR-10: (2 x 128C3) MP2 (2 x 256C3) MP2 (2 x 512C3) MP2 and one linear
// layer. `width` scales the 128; torchvision's names `features.N` and `classifier`.
#include "suite/models/network.h"

namespace dsqbench {

namespace {

class VggSmall : public Network {
public:
    explicit VggSmall(const ModelSettings& settings) {
        features_ = register_module("features", std::make_shared<torch::nn::Module>("Features"));
        std::int64_t in = settings.in_channels;
        for (const std::int64_t out : {1, 1, 2, 2, 4, 4}) {
            const auto position = convolutions_.empty() ? LayerPosition::first : LayerPosition::inner;
            add_block(in, out * settings.width, settings.quantization, position);
            in = out * settings.width;
        }
        const std::int64_t extent = settings.image_size / 8;
        classifier_ = std::make_shared<QuantizedLinear>(in * extent * extent, settings.classes, settings.quantization,
                                                        LayerPosition::last);
        register_module("classifier", classifier_);
    }

    at::Tensor forward(const at::Tensor& images) override {
        at::Tensor x = images;
        for (std::size_t i = 0; i < convolutions_.size(); ++i) {
            x = norms_[i]->forward(convolutions_[i]->forward(x));
            if (i % 2 == 1) x = at::max_pool2d(x, 2);
            x = at::relu(x);
        }
        return classifier_->forward(x.flatten(1));
    }

    // ReLU before the pool instead of after it: the same values, as neither changes an order.
    std::vector<NetworkNode> nodes() override {
        std::vector<NetworkNode> nodes;
        for (std::size_t i = 0; i < convolutions_.size(); ++i) {
            nodes.push_back({static_cast<int>(nodes.size()) - 1, LayerNode{convolutions_[i].get(), norms_[i].get()}});
            if (i % 2 == 1) nodes.push_back({static_cast<int>(nodes.size()) - 1, MaxPoolNode{}});
        }
        nodes.push_back({static_cast<int>(nodes.size()) - 1, LayerNode{classifier_.get(), nullptr, {}, false}});
        return nodes;
    }

private:
    void add_block(std::int64_t in, std::int64_t out, const QuantizationSettings& quantization,
                   LayerPosition position) {
        const std::string index = std::to_string(3 * convolutions_.size());  // convolution, norm, ReLU
        const std::string next = std::to_string(3 * convolutions_.size() + 1);
        convolutions_.push_back(
            std::make_shared<QuantizedConv2d>(ConvolutionSettings{in, out, 3, 1, 1}, quantization, position));
        features_->register_module(index, convolutions_.back());
        norms_.push_back(features_->register_module(next, std::make_shared<BatchNorm2d>(out)));
    }

    std::shared_ptr<torch::nn::Module> features_;
    std::vector<std::shared_ptr<QuantizedConv2d>> convolutions_;
    std::vector<std::shared_ptr<BatchNorm2d>> norms_;
    std::shared_ptr<QuantizedLinear> classifier_;
};

const ModelRegistration registration{
    "vgg_small",
    {[](const ModelSettings& settings) { return std::make_shared<VggSmall>(settings); },
     "VGG-Small (LQ-Nets, Zhang et al. 2018); its published width is 128"}};

}  // namespace
}  // namespace dsqbench
