#include "suite/deploy/lower.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "kernels/api/budget.h"
#include "kernels/api/error.h"
#include "suite/core/error.h"
#include "suite/deploy/bits.h"
#include "suite/deploy/integer_weights.h"
#include "suite/deploy/thresholds.h"

namespace dsqbench::deploy {

namespace {

// Above this a comparison a level costs more than the arithmetic that it stands for.
constexpr int most_threshold_bits = 4;

using GridKey = std::tuple<int, float, float>;
GridKey key_of(const RealGrid& grid) {
    return {grid.bits, grid.offset, grid.step};
}

// Who reads a node: on which grids, and whether as real numbers.
struct Readers {
    std::vector<RealGrid> grids;  // each once
    bool as_real = false;
};

class Lowering {
public:
    explicit Lowering(const Graph& graph) : graph_(graph), sizes_(node_sizes(graph)) {}

    Network run() {
        network_.model = graph_.model;
        network_.image = graph_.image;
        network_.source = graph_.source;
        find_readers();
        read_images();
        for (node_ = 0; node_ < count(); ++node_)
            std::visit([&](const auto& operation) { add(operation); }, node().operation);
        validate(network_, graph_.model);
        return std::move(network_);
    }

private:
    int count() const { return static_cast<int>(graph_.nodes.size()); }
    const Node& node() const { return graph_.nodes[static_cast<std::size_t>(node_)]; }
    // Node -1, the images, is entry 0.
    Readers& readers(int node) { return readers_[static_cast<std::size_t>(node + 1)]; }

    void find_readers() {
        readers_.resize(graph_.nodes.size() + 1);
        for (const Node& reader : graph_.nodes) {
            const auto* layer = std::get_if<Layer>(&reader.operation);
            if (layer != nullptr && layer->shortcut) readers(*layer->shortcut).as_real = true;
            Readers& of_input = readers(reader.input);
            if (layer == nullptr || !layer->input) {
                of_input.as_real = true;
                continue;
            }
            const auto same = [&](const RealGrid& grid) { return key_of(grid) == key_of(*layer->input); };
            if (std::none_of(of_input.grids.begin(), of_input.grids.end(), same))
                of_input.grids.push_back(*layer->input);
        }
        readers(count() - 1).as_real = true;  // the logits
    }

    int add_tensor(const NodeSize& size, int bits) {
        network_.tensors.push_back({size.height, size.width, size.channels, bits});
        return static_cast<int>(network_.tensors.size()) - 1;
    }

    int add_codes(int node, const NodeSize& size, const RealGrid& grid) {
        const int tensor = add_tensor(size, grid.bits);
        codes_[{node, key_of(grid)}] = tensor;
        return tensor;
    }

    int add_real(int node, const NodeSize& size) { return real_[node] = add_tensor(size, real_bits); }

    NodeSize size_of(int node) const {
        if (node < 0) return {graph_.image.height, graph_.image.width, graph_.image.channels};
        return sizes_[static_cast<std::size_t>(node)];
    }

    void read_images() {
        if (graph_.pixel_values.size() != static_cast<std::size_t>(graph_.image.channels) * 256)
            throw Error(ExitCode::data, "has no value for every byte of an image", {}, graph_.model);
        for (const RealGrid& grid : readers(-1).grids) {
            ReadImage read_image;
            for (const float value : graph_.pixel_values)
                read_image.codes.push_back(static_cast<std::uint8_t>(code_on(grid, value)));
            add_read_image(std::move(read_image), add_codes(-1, size_of(-1), grid));
        }
        if (readers(-1).as_real) add_read_image({{}, graph_.pixel_values}, add_real(-1, size_of(-1)));
    }

    void add_read_image(ReadImage read_image, int output) {
        Step step;
        step.name = output == 0 ? "image" : "image." + std::to_string(output);
        step.output = output;
        step.operation = std::move(read_image);
        network_.steps.push_back(std::move(step));
    }

    // Grids that the step itself cannot serve are served from its real numbers.
    void quantize_rest(const std::vector<RealGrid>& grids, std::size_t first) {
        for (std::size_t i = first; i < grids.size(); ++i) {
            Step step;
            step.name = node().name + ".codes" + (i == 0 ? "" : std::to_string(i));
            step.input = real_.at(node_);
            step.output = add_codes(node_, size_of(node_), grids[i]);
            step.operation = Quantize{grids[i]};
            network_.steps.push_back(std::move(step));
        }
    }

    template <class Pool>
    void add(const Pool& pool) {
        Step step;
        step.name = node().name;
        step.input = real_.at(node().input);
        step.output = add_real(node_, size_of(node_));
        step.operation = pool;
        network_.steps.push_back(std::move(step));
        quantize_rest(readers(node_).grids, 0);
    }

    void add(const Layer& layer) {
        check_numbers(layer);
        if (layer.codes && layer.input)
            add_integer(layer);
        else
            add_float(layer);
    }

    void check_numbers(const Layer& layer) const {
        std::vector<float> numbers = layer.weights;
        for (const auto* list : {&layer.scale, &layer.shift}) numbers.insert(numbers.end(), list->begin(), list->end());
        if (layer.codes) {
            numbers.insert(numbers.end(), layer.codes->scale.begin(), layer.codes->scale.end());
            numbers.insert(numbers.end(), layer.codes->offset.begin(), layer.codes->offset.end());
        }
        if (!std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number); }))
            throw Error(ExitCode::data, "has a number that is not finite", {}, node().name);
        if (layer.input && !is_proper(*layer.input))
            throw Error(ExitCode::data, "quantizes its input on a grid without a positive step", {}, node().name);
    }

    void add_integer(const Layer& layer) {
        const IntegerWeights weights = integer_weights(layer);
        Step step;
        step.name = node().name;
        step.input = codes_.at({node().input, key_of(*layer.input)});
        IntegerConvolution convolution;
        ConvolutionProblem& problem = convolution.problem;
        problem.shape = layer.shape;
        problem.activations = {layer.input->bits, Coding::unsigned_codes};
        problem.weights = weights.type;
        dsqbench::validate(problem);  // sums that fit 32 bits, before their range is formed
        convolution.weights = to_dense(layer.codes->codes, layer.codes->bits);

        const Readers& out = readers(node_);
        const bool folds = !layer.shortcut && !out.as_real && out.grids.size() == 1 &&
                           out.grids[0].bits <= most_threshold_bits && weights.has_no_windows() &&
                           weights.classes.empty();
        if (folds) {
            problem.epilogue = thresholds(layer, weights, out.grids[0]);
            step.output = add_codes(node_, size_of(node_), out.grids[0]);
            step.operation = std::move(convolution);
            network_.steps.push_back(std::move(step));
            return;
        }
        RealNumbers real;
        for (int c = 0; c < layer.shape.out_channels; ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const auto scale = static_cast<double>(layer.scale[channel]);
            real.scale.push_back(static_cast<float>(scale * weights.unit[channel]));
            if (!weights.has_no_windows())
                real.window_scale.push_back(static_cast<float>(scale * weights.window_unit[channel]));
        }
        for (std::size_t i = 0; i < weights.constant.size(); ++i) {
            const std::size_t channel = i % layer.scale.size();
            real.bias.push_back(static_cast<float>(static_cast<double>(layer.scale[channel]) * weights.constant[i] +
                                                   static_cast<double>(layer.shift[channel])));
        }
        real.classes = weights.classes;
        finish_real(layer, step, real);
        problem.epilogue = std::move(real);
        step.operation = std::move(convolution);
        network_.steps.push_back(std::move(step));
        quantize_rest(out.grids, most_grids);
    }

    void add_float(const Layer& layer) {
        RealConvolution convolution;
        convolution.shape = layer.shape;
        convolution.weights = layer.codes ? real_weights(layer) : layer.weights;
        convolution.epilogue.scale = layer.scale;
        convolution.epilogue.bias = layer.shift;
        Step step;
        step.name = node().name;
        if (layer.input)  // codes have no meaning to real weights: the values that they stand for
            throw Error(ExitCode::data, "has codes as input, but weights in float32",
                        "quantize its weights too, or neither", node().name);
        step.input = real_.at(node().input);
        finish_real(layer, step, convolution.epilogue);
        step.operation = std::move(convolution);
        network_.steps.push_back(std::move(step));
        quantize_rest(readers(node_).grids, most_grids);
    }

    void finish_real(const Layer& layer, Step& step, RealNumbers& real) {
        real.rectifier = layer.rectifier;
        if (layer.shortcut) {
            real.shortcut = Shortcut::added;
            step.shortcut = real_.at(*layer.shortcut);
        }
        const Readers& out = readers(node_);
        if (out.as_real || out.grids.size() > most_grids) step.output = add_real(node_, size_of(node_));
        for (const RealGrid& grid : out.grids) {
            if (real.grids.size() == most_grids) break;
            real.grids.push_back(grid);
            step.codes.push_back(add_codes(node_, size_of(node_), grid));
        }
    }

    Thresholds thresholds(const Layer& layer, const IntegerWeights& weights, const RealGrid& grid) const {
        Thresholds found{grid.bits, {}, {}};
        const CodeType activations{layer.input->bits, Coding::unsigned_codes};
        const Range sums = times(product(activations.range(), weights.type.range()), layer.shape.depth());
        for (std::size_t c = 0; c < layer.scale.size(); ++c)
            add_thresholds({weights.unit[c], weights.constant[c], layer.scale[c], layer.shift[c], layer.rectifier},
                           grid, sums, found);
        return found;
    }

    const Graph& graph_;
    std::vector<NodeSize> sizes_;
    std::vector<Readers> readers_;
    std::map<int, int> real_;                       // node -> tensor
    std::map<std::pair<int, GridKey>, int> codes_;  // node and grid -> tensor
    int node_ = 0;
    Network network_;
};

}  // namespace

Network lower(const Graph& graph) {
    if (graph.nodes.empty()) throw Error(ExitCode::data, "has no layers", {}, graph.model);
    try {
        return Lowering(graph).run();
    } catch (const ShapeError& error) {
        throw Error(ExitCode::data, error.what(), {}, graph.model);
    }
}

}  // namespace dsqbench::deploy
