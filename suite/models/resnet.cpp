// ResNet-18, 34 and 50 (He et al. 2016, table 1) as torchvision has them, names included; `width` is 64 there.
#include "suite/models/residual.h"

namespace dsqbench {

namespace {

constexpr MaxPoolNode stem_pool{3, 2, 1};

template <class Block>
class ResNet : public Network {
public:
    ResNet(const ModelSettings& settings, const std::vector<int>& blocks) {
        const auto& quantization = settings.quantization;
        const std::int64_t width = settings.width;
        stem_ = add_convolution(*this, 1, {settings.in_channels, width, 7, 2, 3}, quantization, LayerPosition::first);
        std::int64_t in = width;
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const std::int64_t stage_width = width << i;
            stages_.push_back(
                register_module("layer" + std::to_string(i + 1),
                                Stage::of<Block>(in, stage_width, i == 0 ? 1 : 2, blocks[i], quantization)));
            in = stage_width * Block::expansion;
        }
        fc_ = std::make_shared<QuantizedLinear>(in, settings.classes, quantization, LayerPosition::last);
        register_module("fc", fc_);
    }

    at::Tensor forward(const at::Tensor& images) override {
        at::Tensor x = at::relu(stem_.forward(images));
        x = at::max_pool2d(x, stem_pool.kernel, stem_pool.stride, stem_pool.padding);
        for (const auto& stage : stages_) x = stage->forward(x);
        return fc_->forward(x.mean(at::IntArrayRef{2, 3}));
    }

    std::vector<NetworkNode> nodes() override {
        std::vector<NetworkNode> nodes{{-1, LayerNode{stem_.convolution.get(), stem_.norm.get()}}, {0, stem_pool}};
        int last = 1;
        for (const auto& stage : stages_) last = stage->add_nodes(nodes, last);
        nodes.push_back({last, MeanPoolNode{}});
        nodes.push_back({last + 1, LayerNode{fc_.get(), nullptr, {}, false}});
        return nodes;
    }

private:
    NormalisedConvolution stem_;
    std::vector<std::shared_ptr<Stage>> stages_;
    std::shared_ptr<QuantizedLinear> fc_;
};

template <class Block>
ModelEntry entry(std::vector<int> blocks, const char* layers) {
    return {[blocks](const ModelSettings& settings) { return std::make_shared<ResNet<Block>>(settings, blocks); },
            std::string("ResNet-") + layers + " for large images (He et al. 2016, table 1); its published width is 64"};
}

const ModelRegistration resnet18{"resnet18", entry<BasicBlock>({2, 2, 2, 2}, "18")};
const ModelRegistration resnet34{"resnet34", entry<BasicBlock>({3, 4, 6, 3}, "34")};
const ModelRegistration resnet50{"resnet50", entry<Bottleneck>({3, 4, 6, 3}, "50")};

}  // namespace
}  // namespace dsqbench
