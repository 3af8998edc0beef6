#include "suite/models/residual.h"

namespace dsqbench {

using blocked::Feature;
using blocked::Rectified;

Downsample::Downsample(std::int64_t in, std::int64_t out, std::int64_t stride,
                       const QuantizationSettings& quantization) {
    convolution_ = std::make_shared<QuantizedConv2d>(ConvolutionSettings{in, out, 1, stride, 0}, quantization,
                                                     LayerPosition::shortcut);
    register_module("0", convolution_);
    norm_ = register_module("1", std::make_shared<BatchNorm2d>(out));
}

at::Tensor Downsample::forward(const at::Tensor& x) {
    return norm_->forward(convolution_->forward(x));
}

Feature Downsample::forward(const Feature& x) {
    return norm_->forward(convolution_->forward(x), Rectified::no);
}

int Downsample::add_nodes(std::vector<NetworkNode>& nodes, int input) {
    nodes.push_back({input, LayerNode{convolution_.get(), norm_.get(), {}, false}});
    return static_cast<int>(nodes.size()) - 1;
}

NormalisedConvolution add_convolution(torch::nn::Module& owner, int index, const ConvolutionSettings& settings,
                                      const QuantizationSettings& quantization, LayerPosition position) {
    const auto convolution = std::make_shared<QuantizedConv2d>(settings, quantization, position);
    owner.register_module("conv" + std::to_string(index), convolution);
    const auto norm = owner.register_module("bn" + std::to_string(index), std::make_shared<BatchNorm2d>(settings.out));
    return {convolution, norm};
}

at::Tensor ResidualBlock::forward(const at::Tensor& x) {
    at::Tensor y = x;
    for (std::size_t i = 0; i + 1 < convolutions_.size(); ++i) y = at::relu(convolutions_[i].forward(y));
    y = convolutions_.back().forward(y);
    return at::relu(y + (downsample_ ? downsample_->forward(x) : x));
}

Feature ResidualBlock::forward(const Feature& x) {
    Feature y = x;
    for (std::size_t i = 0; i + 1 < convolutions_.size(); ++i) y = convolutions_[i].forward(y, Rectified::yes);
    const Feature branch = convolutions_.back().forward(y, Rectified::no);
    return blocked::join(branch, downsample_ ? downsample_->forward(x) : x);
}

int ResidualBlock::add_nodes(std::vector<NetworkNode>& nodes, int input) {
    const int shortcut = downsample_ ? downsample_->add_nodes(nodes, input) : input;
    for (const auto& [convolution, norm] : convolutions_) {
        nodes.push_back({input, LayerNode{convolution.get(), norm.get()}});
        input = static_cast<int>(nodes.size()) - 1;
    }
    std::get<LayerNode>(nodes.back().operation).shortcut = shortcut;
    return input;
}

BasicBlock::BasicBlock(std::int64_t in, std::int64_t width, std::int64_t stride,
                       const QuantizationSettings& quantization) {
    convolutions_.push_back(add_convolution(*this, 1, {in, width, 3, stride, 1}, quantization, LayerPosition::inner));
    convolutions_.push_back(add_convolution(*this, 2, {width, width, 3, 1, 1}, quantization, LayerPosition::inner));
    if (stride != 1 || in != width)
        downsample_ = register_module("downsample", std::make_shared<Downsample>(in, width, stride, quantization));
}

Bottleneck::Bottleneck(std::int64_t in, std::int64_t width, std::int64_t stride,
                       const QuantizationSettings& quantization) {
    const std::int64_t out = expansion * width;
    convolutions_.push_back(add_convolution(*this, 1, {in, width, 1, 1, 0}, quantization, LayerPosition::inner));
    convolutions_.push_back(
        add_convolution(*this, 2, {width, width, 3, stride, 1}, quantization, LayerPosition::inner));
    convolutions_.push_back(add_convolution(*this, 3, {width, out, 1, 1, 0}, quantization, LayerPosition::inner));
    if (stride != 1 || in != out)
        downsample_ = register_module("downsample", std::make_shared<Downsample>(in, out, stride, quantization));
}

int Stage::add_nodes(std::vector<NetworkNode>& nodes, int input) {
    for (const auto& block : blocks_) input = block->add_nodes(nodes, input);
    return input;
}

}  // namespace dsqbench
