// Rivals run the network that they are asked for: what they leave out would make them fast.
#include "kernels/bench/rival_network.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dsqbench {
namespace {

NodeShape convolution(const std::string& name, int input, int size, int in, int out, int kernel, int stride,
                      Rectifier rectifier, int shortcut = -1) {
    NodeShape node{name, NodeKind::convolution, input};
    ConvolutionShape& shape = node.convolution;
    shape.height = shape.width = size;
    shape.in_channels = in;
    shape.out_channels = out;
    shape.kernel_height = shape.kernel_width = kernel;
    shape.stride = stride;
    const int padding = kernel / 2;
    shape.padding = {padding, padding, padding, padding};
    node.rectifier = rectifier;
    node.shortcut = shortcut;
    return node;
}

NodeShape pool(const std::string& name, NodeKind kind, int input) {
    NodeShape node{name, kind, input};
    node.kernel = 3;
    node.stride = 2;
    node.padding = 1;
    return node;
}

// A stem with its pool, a block with a shortcut past two convolutions, one whose shortcut is a convolution, a
// classifier.
NetworkShape small_network() {
    constexpr auto relu = Rectifier::relu, none = Rectifier::none;
    NetworkShape network{3, 13, 13, {}};
    network.nodes = {convolution("stem", -1, 13, 3, 16, 3, 1, relu), pool("maxpool", NodeKind::max_pool, 0),
                     convolution("a1", 1, 7, 16, 16, 3, 1, relu),    convolution("a2", 2, 7, 16, 16, 3, 1, relu, 1),
                     convolution("down", 3, 7, 16, 32, 1, 2, none),  convolution("b1", 3, 7, 16, 32, 3, 2, relu),
                     convolution("b2", 5, 4, 32, 32, 3, 1, relu, 4), pool("avgpool", NodeKind::mean_pool, 6)};
    NodeShape classifier = convolution("fc", 7, 1, 32, 10, 1, 1, none);
    classifier.kind = NodeKind::fully_connected;
    network.nodes.push_back(classifier);
    return network;
}

// Weights and images being alike everywhere, so are the channels of a pixel: a value is one plane.
struct Plane {
    int size = 0;
    std::vector<double> pixels;
    double at(int y, int x) const { return pixels[static_cast<std::size_t>(y * size + x)]; }
};

// Of every output pixel, what `gather(sum, taps)` makes of the pixels under a window that lie inside.
template <class Gather>
Plane windows(const Plane& in, int kernel, int stride, int padding, const Gather& gather) {
    Plane out{(in.size + 2 * padding - kernel) / stride + 1, {}};
    for (int i = 0; i < out.size * out.size; ++i) {
        std::vector<double> inside;
        for (int k = 0; k < kernel * kernel; ++k) {
            const int y = i / out.size * stride - padding + k / kernel,
                      x = i % out.size * stride - padding + k % kernel;
            if (y >= 0 && y < in.size && x >= 0 && x < in.size) inside.push_back(in.at(y, x));
        }
        out.pixels.push_back(gather(inside));
    }
    return out;
}

double sum(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

double expected_logit(const NetworkShape& network) {
    constexpr double bias = 0.25, image = 0.25, weights = 0.5;
    const Plane images{network.height,
                       std::vector<double>(static_cast<std::size_t>(network.height * network.width), image)};
    std::vector<Plane> planes;
    for (const NodeShape& node : network.nodes) {
        const Plane& in = node.input < 0 ? images : planes[static_cast<std::size_t>(node.input)];
        if (node.kind == NodeKind::max_pool) {
            planes.push_back(windows(in, node.kernel, node.stride, node.padding, [](const auto& inside) {
                return *std::max_element(inside.begin(), inside.end());
            }));
        } else if (node.kind == NodeKind::mean_pool) {
            planes.push_back({1, {sum(in.pixels) / static_cast<double>(in.pixels.size())}});
        } else {
            const ConvolutionShape& shape = node.convolution;
            const double taps = shape.kernel_height * shape.kernel_width;
            Plane out = windows(in, shape.kernel_height, shape.stride, shape.padding.top,
                                [&](const auto& inside) { return bias + weights / taps * sum(inside); });
            for (std::size_t i = 0; node.shortcut >= 0 && i < out.pixels.size(); ++i)
                out.pixels[i] += planes[static_cast<std::size_t>(node.shortcut)].pixels[i];
            planes.push_back(out);
        }
    }
    return planes.back().pixels.front();
}

TEST(RivalNetworks, of_floats_compute_what_they_are_asked_for) {
    const NetworkShape network = small_network();
    const double expected = expected_logit(network);
    for (const std::string& name : RivalNetworkRegistry::instance().names()) {
        const RivalNetwork& rival = RivalNetworkRegistry::instance().find(name);
        if (rival.arithmetic != Arithmetic::f32) continue;
        const PreparedNetwork prepared = rival.prepare(network, {2, {}});
        ASSERT_EQ(prepared.refusal, "") << name;
        prepared.run();
        const std::vector<float> logits = prepared.logits();
        ASSERT_EQ(logits.size(), 20U) << name;
        for (const float logit : logits) EXPECT_NEAR(logit, expected, 1e-4 * expected) << name;
    }
}

TEST(RivalNetworks, name_their_steps_and_hold_all_weights) {
    const NetworkShape network = small_network();
    constexpr std::size_t weights = 9 * (3 * 16 + 2 * 16 * 16 + 16 * 32 + 32 * 32) + 16 * 32 + 32 * 10;
    for (const std::string& name : RivalNetworkRegistry::instance().names()) {
        const RivalNetwork& rival = RivalNetworkRegistry::instance().find(name);
        const PreparedNetwork prepared = rival.prepare(network, {});
        ASSERT_EQ(prepared.refusal, "") << name;
        ASSERT_EQ(prepared.steps.size(), network.nodes.size()) << name;
        for (std::size_t i = 0; i < prepared.steps.size(); ++i) {
            EXPECT_EQ(prepared.steps[i], network.nodes[i].name) << name;
            prepared.run_step(i);
        }
        EXPECT_GE(prepared.weight_bytes, weights * (rival.arithmetic == Arithmetic::f32 ? 4 : 1)) << name;
    }
}

}  // namespace
}  // namespace dsqbench
