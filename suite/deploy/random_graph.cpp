#include "suite/deploy/random_graph.h"

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/random.h"
#include "suite/core/text.h"

namespace dsqbench::deploy {

namespace {

struct Kernel {
    int size = 3, stride = 1, padding = 1;
};

struct LayerPlan {
    std::string name;
    int input = -1;
    int out_channels = 0;
    Kernel kernel;
    Rectifier rectifier = Rectifier::relu;
    std::optional<int> shortcut = {};
    bool is_edge = false;
    double spread = 1;  // standard deviation of what it adds
};

class Builder {
public:
    explicit Builder(const RandomGraphOptions& options) : options_(options), random_(options.seed) {
        graph_.model = options.shapes;
        graph_.source = {{"weights", "random"}, {"seed", std::to_string(options.seed)}};
    }

    void set_image(ImageSize image) {
        graph_.image = image;
        for (int i = 0; i < image.channels * 256; ++i)
            graph_.pixel_values.push_back(static_cast<float>(i % 256) / 255.0F);
        image_size_ = {image.height, image.width, image.channels};
    }

    int layer(const LayerPlan& plan) {
        Layer layer;
        layer.shape = shape_of(plan);
        layer.rectifier = plan.rectifier;
        layer.shortcut = plan.shortcut;
        const bool is_real = plan.is_edge && options_.edges == EdgeLayers::real;
        if (!is_real) layer.input = input_grid(plan);
        add_weights(layer, plan, is_real);
        const double before = plan.shortcut ? square_of(*plan.shortcut) : 0;
        return add({plan.name, plan.input, std::move(layer)}, size_after(plan),
                   before + plan.spread * plan.spread * (plan.rectifier == Rectifier::relu ? 0.5 : 1.0));
    }

    int pool(const std::string& name, int input, const MaxPool& pool) {
        const NodeSize in = size(input);
        const NodeSize out{(in.height + 2 * pool.padding - pool.kernel) / pool.stride + 1,
                           (in.width + 2 * pool.padding - pool.kernel) / pool.stride + 1, in.channels};
        return add({name, input, pool}, out, 2 * square_of(input));
    }

    int mean(int input) {
        return add({"avgpool", input, MeanPool{}}, {1, 1, size(input).channels}, square_of(input) / 2);
    }

    // Two 3x3 layers and a short cut: He et al. 2016.
    int block(const std::string& name, int input, int channels, int stride) {
        int shortcut = input;
        if (stride != 1 || size(input).channels != channels)
            shortcut = layer({name + ".downsample.0", input, channels, {1, stride, 0}, Rectifier::none});
        const int first = layer({name + ".conv1", input, channels, {3, stride, 1}});
        return layer({name + ".conv2", first, channels, {}, Rectifier::relu, shortcut, false, 0.5});
    }

    int stage(const std::string& name, int input, int channels, int stride, int blocks) {
        for (int i = 0; i < blocks; ++i)
            input = block(name + "." + std::to_string(i), input, channels, i == 0 ? stride : 1);
        return input;
    }

    void classifier(int input, int classes) {
        layer({"fc", mean(input), classes, {1, 1, 0}, Rectifier::none, {}, true});
    }

    Graph take() { return std::move(graph_); }

private:
    NodeSize size(int node) const { return node < 0 ? image_size_ : sizes_[static_cast<std::size_t>(node)]; }
    // Of the values of a node: what their mean square is, roughly.
    double square_of(int node) const { return node < 0 ? 0.3 : squares_[static_cast<std::size_t>(node)]; }

    int add(Node node, const NodeSize& size, double square) {
        graph_.nodes.push_back(std::move(node));
        sizes_.push_back(size);
        squares_.push_back(square);
        return static_cast<int>(sizes_.size()) - 1;
    }

    ConvolutionShape shape_of(const LayerPlan& plan) const {
        const NodeSize in = size(plan.input);
        ConvolutionShape shape;
        shape.height = in.height;
        shape.width = in.width;
        shape.in_channels = in.channels;
        shape.out_channels = plan.out_channels;
        shape.kernel_height = shape.kernel_width = plan.kernel.size;
        shape.stride = plan.kernel.stride;
        const int padding = plan.kernel.padding;
        shape.padding = {padding, padding, padding, padding};
        return shape;
    }

    NodeSize size_after(const LayerPlan& plan) const {
        const ConvolutionShape shape = shape_of(plan);
        return {shape.out_height(), shape.out_width(), shape.out_channels};
    }

    RealGrid input_grid(const LayerPlan& plan) {
        const int bits = plan.is_edge ? 8 : options_.activation_bits;
        // The image is what a byte holds; elsewhere up to twice the root mean square.
        const double highest = plan.input < 0 ? 1.0 : 2 * std::sqrt(square_of(plan.input));
        const double lowest = options_.grids == GridKind::affine ? -0.1 * highest * (0.5 + random_.uniform()) : 0.0;
        return {bits, static_cast<float>(lowest), static_cast<float>((highest - lowest) / ((1 << bits) - 1))};
    }

    void add_weights(Layer& layer, const LayerPlan& plan, bool is_real) {
        const int bits = plan.is_edge ? 8 : options_.weight_bits;
        const auto channels = static_cast<std::size_t>(layer.shape.out_channels);
        const auto depth = static_cast<std::size_t>(layer.shape.depth());
        // Normal weights of deviation 1, over a range of 2.5 of them.
        const auto levels = static_cast<double>((1 << bits) - 1);
        std::vector<float> real;
        WeightCodes codes{bits, {}, {}, {}};
        const double reach = plan.shortcut ? 0.9 : 1.0;
        for (std::size_t c = 0; c < channels; ++c) {
            const double step = bits == 1 ? 2.0 : 5.0 / levels * (0.8 + 0.4 * random_.uniform());
            codes.scale.push_back(static_cast<float>(step));
            codes.offset.push_back(weight_offset(bits, step));
            for (std::size_t k = 0; k < depth; ++k) {
                const double weight = random_.normal();
                real.push_back(static_cast<float>(weight));
                const double position = (weight - static_cast<double>(codes.offset[c])) / step;
                codes.codes.push_back(static_cast<std::uint8_t>(std::clamp(std::nearbyint(position), 0.0, levels)));
            }
            // A tenth of the channels falls with its sum, as a negative batch-norm scale makes it.
            const double sign = random_.uniform() < 0.1 ? -1 : 1;
            const double deviation = std::sqrt(static_cast<double>(depth) * std::max(square_of(plan.input), 1e-3));
            layer.scale.push_back(static_cast<float>(sign * reach * plan.spread / deviation));
            layer.shift.push_back(static_cast<float>(0.2 * plan.spread * random_.normal()));
        }
        if (is_real)
            layer.weights = std::move(real);
        else
            layer.codes = std::move(codes);
    }

    float weight_offset(int bits, double step) {
        const double levels = 1 << bits;
        if (options_.grids == GridKind::affine)
            return static_cast<float>(-step * (levels - 1) * (0.4 + 0.2 * random_.uniform()));
        if (options_.grids == GridKind::half_step || bits == 1) return static_cast<float>(-step * (levels - 1) / 2);
        return static_cast<float>(-step * levels / 2);
    }

    RandomGraphOptions options_;
    Random random_;
    Graph graph_;
    NodeSize image_size_;
    std::vector<NodeSize> sizes_;
    std::vector<double> squares_;
};

void build_resnet18(Builder& builder) {
    builder.set_image({3, 224, 224});
    int node = builder.layer({"conv1", -1, 64, {7, 2, 3}, Rectifier::relu, {}, true});
    node = builder.pool("maxpool", node, {3, 2, 1});
    for (int stage = 1; stage <= 4; ++stage)
        node = builder.stage("layer" + std::to_string(stage), node, 32 << stage, stage == 1 ? 1 : 2, 2);
    builder.classifier(node, 1000);
}

void build_resnet20(Builder& builder) {
    builder.set_image({3, 32, 32});
    int node = builder.layer({"conv1", -1, 16, {}, Rectifier::relu, {}, true});
    for (int stage = 1; stage <= 3; ++stage)
        node = builder.stage("layer" + std::to_string(stage), node, 8 << stage, stage == 1 ? 1 : 2, 3);
    builder.classifier(node, 10);
}

void build_tiny(Builder& builder) {
    builder.set_image({2, 9, 10});
    int node = builder.layer({"conv1", -1, 12, {}, Rectifier::relu, {}, true});
    node = builder.pool("maxpool", node, {3, 2, 1});
    node = builder.stage("layer1", node, 12, 1, 1);
    node = builder.stage("layer2", node, 20, 2, 1);
    builder.classifier(node, 7);
}

}  // namespace

const std::vector<std::string>& random_graph_shapes() {
    static const std::vector<std::string> names{"resnet18", "resnet20", "tiny"};
    return names;
}

Graph random_graph(const RandomGraphOptions& options) {
    for (const int bits : {options.weight_bits, options.activation_bits})
        if (bits < 1 || bits > 8)
            throw Error(ExitCode::usage, std::to_string(bits) + " bits are too few or too many", "1 to 8");
    Builder builder(options);
    if (options.shapes == "resnet18")
        build_resnet18(builder);
    else if (options.shapes == "resnet20")
        build_resnet20(builder);
    else if (options.shapes == "tiny")
        build_tiny(builder);
    else
        throw Error(ExitCode::usage, "unknown network '" + options.shapes + "'",
                    suggestion(options.shapes, random_graph_shapes()));
    return builder.take();
}

}  // namespace dsqbench::deploy
