#include "suite/deploy/network_shape.h"

#include <fmt/format.h>

#include "kernels/bench/layer_case.h"

namespace dsqbench::deploy {

namespace {

class Shapes {
public:
    explicit Shapes(const Network& network) : network_(network) { nodes_.assign(network.tensors.size(), -1); }

    NetworkShape run() {
        shape_.channels = network_.image.channels;
        shape_.height = network_.image.height;
        shape_.width = network_.image.width;
        for (const Step& step : network_.steps) {
            const int node = std::visit([&](const auto& operation) { return add(step, operation); }, step.operation);
            if (step.output) set(*step.output, node);
            for (const int tensor : step.codes) set(tensor, node);
        }
        return std::move(shape_);
    }

private:
    int node_of(int tensor) const { return tensor < 0 ? -1 : nodes_[static_cast<std::size_t>(tensor)]; }
    void set(int tensor, int node) { nodes_[static_cast<std::size_t>(tensor)] = node; }

    // A change of the representation alone is no node.
    int add(const Step&, const ReadImage&) const { return -1; }
    int add(const Step& step, const Quantize&) const { return node_of(step.input); }

    int add(const Step& step, const IntegerConvolution& convolution) {
        const auto* real = std::get_if<RealNumbers>(&convolution.problem.epilogue);
        return add_layer(step, convolution.problem.shape, real == nullptr ? Rectifier::relu : real->rectifier);
    }
    int add(const Step& step, const RealConvolution& convolution) {
        return add_layer(step, convolution.shape, convolution.epilogue.rectifier);
    }

    int add_layer(const Step& step, const ConvolutionShape& convolution, Rectifier rectifier) {
        NodeShape node{step.name};
        const bool is_last = &step == &network_.steps.back();
        node.kind = is_last ? NodeKind::fully_connected : NodeKind::convolution;
        node.convolution = convolution;
        node.rectifier = rectifier;
        if (step.shortcut) node.shortcut = node_of(*step.shortcut);
        return add_node(step, std::move(node));
    }

    int add(const Step& step, const MaxPool& pool) {
        NodeShape node{step.name, NodeKind::max_pool};
        node.kernel = pool.kernel;
        node.stride = pool.stride;
        node.padding = pool.padding;
        return add_node(step, std::move(node));
    }
    int add(const Step& step, const MeanPool&) { return add_node(step, {step.name, NodeKind::mean_pool}); }

    int add_node(const Step& step, NodeShape node) {
        node.input = node_of(step.input);
        shape_.nodes.push_back(std::move(node));
        return static_cast<int>(shape_.nodes.size()) - 1;
    }

    const Network& network_;
    NetworkShape shape_;
    std::vector<int> nodes_;  // of every tensor
};

}  // namespace

NetworkShape shape_of(const Network& network) {
    return Shapes(network).run();
}

std::string text_of(const NetworkShape& shape) {
    std::string text = fmt::format("{}x{}x{}", shape.channels, shape.height, shape.width);
    for (const NodeShape& node : shape.nodes)
        text += fmt::format(" {}:{}:{}:{}:{}.{}.{}", static_cast<int>(node.kind), node.input, node.shortcut,
                            shape_text(node.convolution), node.kernel, node.stride, node.padding);
    return text;
}

}  // namespace dsqbench::deploy
