#include "suite/deploy/graph.h"

#include <algorithm>
#include <cmath>

#include "kernels/api/error.h"
#include "suite/core/error.h"

namespace dsqbench::deploy {

namespace {

[[noreturn]] void fail(const Node& node, const std::string& message) {
    throw Error(ExitCode::data, message, {}, node.name);
}

void check_weights(const Node& node, const Layer& layer) {
    const auto channels = static_cast<std::size_t>(layer.shape.out_channels);
    const std::size_t count = channels * static_cast<std::size_t>(layer.shape.depth());
    const std::size_t found = layer.codes ? layer.codes->codes.size() : layer.weights.size();
    if (found != count)
        fail(node, "has " + std::to_string(found) + " weights, its shape needs " + std::to_string(count));
    if (layer.scale.size() != channels || layer.shift.size() != channels) fail(node, "lacks a scale or shift");
    if (layer.codes && (layer.codes->scale.size() != channels || layer.codes->offset.size() != channels))
        fail(node, "lacks the grid of a channel's weights");
}

NodeSize size_after(const Node& node, const Layer& layer, const NodeSize& input) {
    const ConvolutionShape& shape = layer.shape;
    try {
        validate(shape);
    } catch (const ShapeError& error) {
        fail(node, error.what());
    }
    if (shape.batch != 1 || shape.height != input.height || shape.width != input.width ||
        shape.in_channels != input.channels)
        fail(node, "does not fit the size of its input");
    check_weights(node, layer);
    return {shape.out_height(), shape.out_width(), shape.out_channels};
}

NodeSize size_after(const Node& node, const MaxPool& pool, const NodeSize& input) {
    const int height = input.height + 2 * pool.padding - pool.kernel,
              width = input.width + 2 * pool.padding - pool.kernel;
    if (pool.kernel < 1 || pool.stride < 1 || pool.padding < 0 || pool.padding >= pool.kernel || height < 0 ||
        width < 0)
        fail(node, "is a pool that does not fit its input");
    return {height / pool.stride + 1, width / pool.stride + 1, input.channels};
}

NodeSize size_after(const Node&, const MeanPool&, const NodeSize& input) {
    return {1, 1, input.channels};
}

}  // namespace

bool is_proper(const RealGrid& grid) {
    return std::isfinite(grid.offset) && std::isfinite(grid.step) && grid.step > 0 && std::isfinite(1 / grid.step);
}

int code_on(const RealGrid& grid, float x) {
    const auto highest = static_cast<float>((1 << grid.bits) - 1);
    const float position = (x - grid.offset) / grid.step;
    return position > 0 ? static_cast<int>(std::nearbyint(std::min(position, highest))) : 0;
}

float value_on(const RealGrid& grid, int code) {
    return grid.offset + grid.step * static_cast<float>(code);
}

std::vector<NodeSize> node_sizes(const Graph& graph) {
    std::vector<NodeSize> sizes;
    for (const Node& node : graph.nodes) {
        const auto count = static_cast<int>(sizes.size());
        if (node.input < -1 || node.input >= count) fail(node, "reads a node that comes later");
        const NodeSize input = node.input >= 0 ? sizes[static_cast<std::size_t>(node.input)]
                                               : NodeSize{graph.image.height, graph.image.width, graph.image.channels};
        const NodeSize size =
            std::visit([&](const auto& operation) { return size_after(node, operation, input); }, node.operation);
        if (const auto* layer = std::get_if<Layer>(&node.operation); layer != nullptr && layer->shortcut) {
            if (*layer->shortcut < 0 || *layer->shortcut >= count) fail(node, "adds a node that comes later");
            const NodeSize& other = sizes[static_cast<std::size_t>(*layer->shortcut)];
            if (other.height != size.height || other.width != size.width || other.channels != size.channels)
                fail(node, "adds a short cut of another size");
        }
        sizes.push_back(size);
    }
    return sizes;
}

}  // namespace dsqbench::deploy
