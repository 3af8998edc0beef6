#include "suite/lowering/run_graph.h"

#include <ATen/core/grad_mode.h>

#include <map>

#include "suite/data/augmentation.h"

namespace dsqbench {

namespace {

std::vector<float> floats(const at::Tensor& tensor) {
    const at::Tensor contiguous = tensor.detach().to(at::kFloat).contiguous();
    return {contiguous.data_ptr<float>(), contiguous.data_ptr<float>() + contiguous.numel()};
}

// [OC, C, KH, KW] -> [OC, KH, KW, C]
at::Tensor channels_last(const at::Tensor& weight) {
    return weight.permute({0, 2, 3, 1}).contiguous();
}

class GraphOfNetwork {
public:
    GraphOfNetwork(Network& network, const ImageShape& image) : network_(network) {
        graph_.image = {image.channels, image.height, image.width};
        for (const NamedLayer& named : network.layers()) names_[named.layer] = named.name;
    }

    deploy::Graph run() {
        for (const NetworkNode& node : network_.nodes()) {
            input_ = node.input < 0 ? deploy::NodeSize{graph_.image.height, graph_.image.width, graph_.image.channels}
                                    : deploy::node_sizes(graph_)[static_cast<std::size_t>(node.input)];
            deploy::Node made = std::visit([this](const auto& operation) { return make(operation); }, node.operation);
            made.input = node.input;
            graph_.nodes.push_back(std::move(made));
        }
        return std::move(graph_);
    }

private:
    deploy::Node make(const MaxPoolNode& pool) const {
        return {"maxpool" + std::to_string(graph_.nodes.size()), -1,
                deploy::MaxPool{static_cast<int>(pool.kernel), static_cast<int>(pool.stride),
                                static_cast<int>(pool.padding)}};
    }
    deploy::Node make(const MeanPoolNode&) const { return {"avgpool", -1, deploy::MeanPool{}}; }

    deploy::Node make(const LayerNode& node) {
        name_ = names_.at(node.layer);
        deploy::Layer layer;
        layer.shape = shape_of(*node.layer);
        layer.rectifier = node.has_relu ? Rectifier::relu : Rectifier::none;
        layer.shortcut = node.shortcut;
        if (const auto& quantizer = node.layer->activation_quantizer()) layer.input = input_grid(quantizer->grid());
        add_weights(*node.layer, layer);
        add_affine(node, layer);
        return {name_, -1, std::move(layer)};
    }

    // A linear layer is a convolution whose kernel is as large as its input.
    ConvolutionShape shape_of(const QuantizedLayer& layer) const {
        ConvolutionShape shape;
        shape.height = input_.height;
        shape.width = input_.width;
        shape.in_channels = input_.channels;
        shape.out_channels = static_cast<int>(layer.weight().size(0));
        shape.kernel_height = input_.height;
        shape.kernel_width = input_.width;
        if (const auto* convolution = dynamic_cast<const QuantizedConv2d*>(&layer)) {
            const ConvolutionSettings& settings = convolution->convolution();
            shape.kernel_height = shape.kernel_width = static_cast<int>(settings.kernel);
            shape.stride = static_cast<int>(settings.stride);
            const auto padding = static_cast<int>(settings.padding);
            shape.padding = {padding, padding, padding, padding};
        }
        return shape;
    }

    void check(const Grid& grid) const {
        if (grid.lowest != 0 || grid.highest != (std::int64_t{1} << grid.bits) - 1 || grid.bits > 8)
            throw Error(ExitCode::unavailable, "has a grid that is not one of 1 to 8 bits", {}, name_);
    }

    RealGrid input_grid(const Grid& grid) const {
        check(grid);
        if (grid.warp || grid.scale.numel() != 1)
            throw Error(ExitCode::unavailable, "quantizes its input on a grid that is not uniform", {}, name_);
        return {grid.bits, grid.offset.item<float>(), grid.scale.item<float>()};
    }

    void add_weights(QuantizedLayer& source, deploy::Layer& layer) const {
        const ConvolutionShape& shape = layer.shape;
        const auto ordered = [&](const at::Tensor& weight) {
            return channels_last(
                weight.reshape({shape.out_channels, shape.in_channels, shape.kernel_height, shape.kernel_width}));
        };
        const auto& quantizer = source.weight_quantizer();
        if (!quantizer) {
            layer.weights = floats(ordered(source.weight().detach()));
            return;
        }
        const Grid grid = quantizer->grid();
        check(grid);
        const at::Tensor codes = ordered(grid.quantize(source.weight().detach())).to(at::kByte);
        deploy::WeightCodes found{grid.bits, {}, {}, {}};
        found.codes.assign(codes.data_ptr<std::uint8_t>(), codes.data_ptr<std::uint8_t>() + codes.numel());
        found.scale = floats(grid.scale.expand({shape.out_channels}));
        found.offset = floats(grid.offset.expand({shape.out_channels}));
        layer.codes = std::move(found);
    }

    // The operations of normalised() in suite/models/layers.cpp, so that the numbers are the same to the bit.
    void add_affine(const LayerNode& node, deploy::Layer& layer) const {
        if (node.norm == nullptr) {
            layer.scale.assign(static_cast<std::size_t>(layer.shape.out_channels), 1.0F);
            layer.shift = floats(node.layer->bias());
            return;
        }
        const at::Tensor scale = node.norm->weight * (node.norm->running_var + BatchNorm2d::epsilon).rsqrt();
        layer.scale = floats(scale);
        layer.shift = floats(node.norm->bias - node.norm->running_mean * scale);
    }

    Network& network_;
    deploy::Graph graph_;
    std::map<const QuantizedLayer*, std::string> names_;
    deploy::NodeSize input_;
    std::string name_;
};

// What the loader makes of every byte, channel after channel.
std::vector<float> pixel_values(const DataSplits& data) {
    const ImageShape shape = data.evaluation_source->shape();
    Augmentation augmentation;
    augmentation.mean = data.mean;
    augmentation.standard_deviation = data.standard_deviation;
    const ImageShape all_bytes{shape.channels, 1, 256};
    const PreparedAugmentation prepared(augmentation.deterministic(), all_bytes);
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < shape.channels * 256; ++i) bytes.push_back(static_cast<std::uint8_t>(i % 256));
    std::vector<float> values(bytes.size());
    Random unused(0);
    prepared.apply(bytes.data(), unused, values.data());
    return values;
}

}  // namespace

deploy::Graph graph_of(FinishedRun& run) {
    const at::NoGradGuard no_gradient;
    deploy::Graph graph = GraphOfNetwork(*run.network, run.data.evaluation_source->shape()).run();
    graph.model = run.recipe.text("model.name");
    graph.pixel_values = pixel_values(run.data);
    graph.source = {{"weights", "trained"},
                    {"weights_sha256", run.weights_sha256},
                    {"recipe", run.recipe.name()},
                    {"recipe_id", run.recipe.recipe_id()},
                    {"label", run.row.value("label", "")},
                    {"weight_quantizer", run.recipe.text("quantization.weight")},
                    {"activation_quantizer", run.recipe.text("quantization.activation")},
                    {"weight_bits", std::to_string(run.row.value("weight_bits", 0))},
                    {"activation_bits", std::to_string(run.row.value("activation_bits", 0))}};
    return graph;
}

}  // namespace dsqbench
