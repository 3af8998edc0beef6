#include "suite/deploy/kernel_costs.h"

#include <gtest/gtest.h>

#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench::deploy {
namespace {

TEST(KernelCosts, are_measured_once_for_each_shape_of_a_batch) {
    RandomGraphOptions options;
    options.shapes = "resnet20";
    const Network network = lower(random_graph(options));
    const CostTable costs = measured_costs(network, 2);
    // The stem; three sizes of 3x3 layers; two entries of stages with their projections; the classifier.
    EXPECT_EQ(costs.nanoseconds.size(), 9U);
    for (const auto& [problem, kernels] : costs.nanoseconds) {
        EXPECT_GE(kernels.count("portable/dot_product"), 1U) << problem;
        EXPECT_EQ(kernels.count("reference/scalar"), 0U) << problem;
    }
    EXPECT_NE(measured_costs(network, 1).nanoseconds.begin()->first, costs.nanoseconds.begin()->first);
}

}  // namespace
}  // namespace dsqbench::deploy
