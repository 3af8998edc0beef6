#include "suite/deploy/random_graph.h"

#include <gtest/gtest.h>

#include <set>

#include "suite/core/error.h"
#include "suite/deploy/lower.h"

namespace dsqbench::deploy {
namespace {

const Layer& layer_named(const Graph& graph, const std::string& name) {
    for (const Node& node : graph.nodes)
        if (node.name == name) return std::get<Layer>(node.operation);
    throw std::logic_error("no layer " + name);
}

RandomGraphOptions of(const std::string& shapes) {
    RandomGraphOptions options;
    options.shapes = shapes;
    return options;
}

std::int64_t macs(const Graph& graph) {
    std::int64_t sum = 0;
    for (const Node& node : graph.nodes)
        if (const auto* layer = std::get_if<Layer>(&node.operation)) sum += layer->shape.nominal_macs();
    return sum;
}

std::size_t weights(const Graph& graph) {
    std::size_t sum = 0;
    for (const Node& node : graph.nodes)
        if (const auto* layer = std::get_if<Layer>(&node.operation)) sum += layer->codes->codes.size();
    return sum;
}

// He et al. 2016: 1.8 billion multiplications, 11.7 million weights; 41 million and 0.27 million.
TEST(RandomGraph, has_the_size_of_the_network_that_it_is_named_after) {
    const Graph resnet18 = random_graph(of("resnet18"));
    EXPECT_NEAR(static_cast<double>(macs(resnet18)), 1.814e9, 0.01e9);
    EXPECT_EQ(weights(resnet18), 11'678'912U);  // torchvision's 11,689,512 less batch norms (9,600) and the last bias
    const Graph resnet20 = random_graph(of("resnet20"));
    EXPECT_NEAR(static_cast<double>(macs(resnet20)), 40.8e6, 1e6);
    EXPECT_EQ(node_sizes(resnet20).back().channels, 10);
}

TEST(RandomGraph, has_eight_bits_at_its_edges_and_the_wanted_ones_between) {
    RandomGraphOptions options = of("tiny");
    options.weight_bits = 3;
    options.activation_bits = 2;
    const Graph graph = random_graph(options);
    for (const char* edge : {"conv1", "fc"}) {
        EXPECT_EQ(layer_named(graph, edge).codes->bits, 8) << edge;
        EXPECT_EQ(layer_named(graph, edge).input->bits, 8) << edge;
    }
    EXPECT_EQ(layer_named(graph, "layer2.0.conv2").codes->bits, 3);
    EXPECT_EQ(layer_named(graph, "layer2.0.conv2").input->bits, 2);
}

TEST(RandomGraph, uses_every_code) {
    for (const int bits : {1, 2, 4}) {
        RandomGraphOptions options = of("tiny");
        options.weight_bits = bits;
        const auto codes = layer_named(random_graph(options), "layer1.0.conv1").codes->codes;
        EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), std::size_t{1} << bits) << bits;
    }
}

TEST(RandomGraph, is_the_same_for_a_seed_and_another_for_another) {
    RandomGraphOptions options = of("tiny");
    const auto codes = [&] { return layer_named(random_graph(options), "conv1").codes->codes; };
    const auto first = codes();
    EXPECT_EQ(codes(), first);
    options.seed = 1;
    EXPECT_NE(codes(), first);
}

TEST(RandomGraph, says_that_its_weights_are_random) {
    EXPECT_EQ(lower(random_graph(of("tiny"))).source.at("weights"), "random");
}

TEST(RandomGraph, of_an_unknown_shape_or_width_is_refused) {
    for (RandomGraphOptions options : {of("resnet19"), of("tiny"), of("tiny")}) {
        static int round = 0;
        if (round == 1) options.weight_bits = 9;
        if (round == 2) options.activation_bits = 0;
        ++round;
        try {
            random_graph(options);
            FAIL() << options.shapes;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ExitCode::usage);
        }
    }
}

}  // namespace
}  // namespace dsqbench::deploy
