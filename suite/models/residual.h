// Residual blocks and stages of them, with torchvision's names: what ResNets for small and for large images share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "suite/models/network.h"

namespace dsqbench {

// The 1x1 convolution and normalisation of a shortcut that changes the shape (He et al. 2016, type B).
class Downsample : public torch::nn::Module {
public:
    Downsample(std::int64_t in, std::int64_t out, std::int64_t stride, const QuantizationSettings& quantization);

    at::Tensor forward(const at::Tensor& x);
    blocked::Feature forward(const blocked::Feature& x);
    // Adds its nodes behind node `input`; returns the index of the last.
    int add_nodes(std::vector<NetworkNode>& nodes, int input);

private:
    std::shared_ptr<QuantizedConv2d> convolution_;
    std::shared_ptr<BatchNorm2d> norm_;
};

// A convolution with its batch normalisation, under two names of the block that owns it.
struct NormalisedConvolution {
    std::shared_ptr<QuantizedConv2d> convolution;
    std::shared_ptr<BatchNorm2d> norm;

    at::Tensor forward(const at::Tensor& x) const { return norm->forward(convolution->forward(x)); }
    blocked::Feature forward(const blocked::Feature& x, blocked::Rectified rectified) const {
        return norm->forward(convolution->forward(x), rectified);
    }
};
// Registers conv<index> and bn<index> in `owner`.
NormalisedConvolution add_convolution(torch::nn::Module& owner, int index, const ConvolutionSettings& settings,
                                      const QuantizationSettings& quantization, LayerPosition position);

// Convolutions one after another, a ReLU between two, and a shortcut around all of them.
class ResidualBlock : public torch::nn::Module {
public:
    at::Tensor forward(const at::Tensor& x);
    blocked::Feature forward(const blocked::Feature& x);
    int add_nodes(std::vector<NetworkNode>& nodes, int input);

protected:
    std::vector<NormalisedConvolution> convolutions_;
    std::shared_ptr<Downsample> downsample_;
};

// Two 3x3 convolutions.
class BasicBlock : public ResidualBlock {
public:
    static constexpr std::int64_t expansion = 1;
    BasicBlock(std::int64_t in, std::int64_t width, std::int64_t stride, const QuantizationSettings& quantization);
};

// 1x1, 3x3 with the stride (torchvision's "version 1.5"), 1x1 to four times the width.
class Bottleneck : public ResidualBlock {
public:
    static constexpr std::int64_t expansion = 4;
    Bottleneck(std::int64_t in, std::int64_t width, std::int64_t stride, const QuantizationSettings& quantization);
};

class Stage : public torch::nn::Module {
public:
    template <class Block>
    static std::shared_ptr<Stage> of(std::int64_t in, std::int64_t width, std::int64_t stride, int blocks,
                                     const QuantizationSettings& quantization) {
        auto stage = std::make_shared<Stage>();
        for (int i = 0; i < blocks; ++i)
            stage->blocks_.push_back(stage->register_module(
                std::to_string(i), std::make_shared<Block>(i == 0 ? in : width * Block::expansion, width,
                                                           i == 0 ? stride : 1, quantization)));
        return stage;
    }

    template <class Activations>
    Activations forward(Activations x) {
        for (const auto& block : blocks_) x = block->forward(x);
        return x;
    }
    int add_nodes(std::vector<NetworkNode>& nodes, int input);

private:
    std::vector<std::shared_ptr<ResidualBlock>> blocks_;
};

}  // namespace dsqbench
