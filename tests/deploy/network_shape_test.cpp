#include "suite/deploy/network_shape.h"

#include <gtest/gtest.h>

#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench::deploy {
namespace {

NetworkShape shape(GridKind grids, int bits, const char* shapes = "tiny") {
    RandomGraphOptions options;
    options.shapes = shapes;
    options.grids = grids;
    options.weight_bits = options.activation_bits = bits;
    return shape_of(lower(random_graph(options)));
}

TEST(NetworkShape, has_the_layers_without_the_steps_that_only_change_a_representation) {
    const NetworkShape found = shape(GridKind::symmetric, 2);
    std::vector<std::string> names;
    for (const NodeShape& node : found.nodes) names.push_back(node.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"conv1", "maxpool", "layer1.0.conv1", "layer1.0.conv2", "layer2.0.downsample.0",
                                        "layer2.0.conv1", "layer2.0.conv2", "avgpool", "fc"}));
    EXPECT_EQ(found.channels, 2);
    EXPECT_EQ(found.nodes[0].input, -1);
    EXPECT_EQ(found.nodes[2].input, 1);
    EXPECT_EQ(found.nodes[3].shortcut, 1) << "the pool's output";
    EXPECT_EQ(found.nodes[6].shortcut, 4) << "the projection";
    EXPECT_EQ(found.nodes[8].kind, NodeKind::fully_connected);
    EXPECT_EQ(found.nodes[2].rectifier, Rectifier::relu);
    EXPECT_EQ(found.nodes[4].rectifier, Rectifier::none);
}

TEST(NetworkShape, is_the_same_for_every_grid_and_width) {
    const std::string expected = text_of(shape(GridKind::symmetric, 2));
    for (const GridKind grids : {GridKind::symmetric, GridKind::half_step, GridKind::affine})
        for (const int bits : {1, 4, 8}) EXPECT_EQ(text_of(shape(grids, bits)), expected);
    EXPECT_NE(text_of(shape(GridKind::symmetric, 2, "resnet20")), expected);
}

}  // namespace
}  // namespace dsqbench::deploy
