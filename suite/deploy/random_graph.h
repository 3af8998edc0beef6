// Networks of the usual shapes with random weights: enough to measure latency, nothing else. What is made of them says
// "random" wherever it goes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "suite/deploy/graph.h"

namespace dsqbench::deploy {

enum class GridKind {
    symmetric,  // weights: -2^(b-1) .. 2^(b-1) - 1 whole steps, at one bit +-1; activations from 0 on
    half_step,  // DoReFa: the odd multiples of half a step
    affine,     // any real offset, of weights and of activations
};

enum class EdgeLayers { eight_bit, real };

struct RandomGraphOptions {
    std::string shapes = "resnet18";  // one of random_graph_shapes()
    int weight_bits = 2, activation_bits = 2;
    GridKind grids = GridKind::symmetric;
    EdgeLayers edges = EdgeLayers::eight_bit;  // the first and the last layer
    std::uint64_t seed = 0;
};

// "resnet18" (ImageNet's sizes), "resnet20" (CIFAR's), "tiny" (a stem, two blocks, a classifier; for tests).
const std::vector<std::string>& random_graph_shapes();

// Scales are such that every code of a layer occurs. Throws Error(usage) for unknown shapes or bits.
Graph random_graph(const RandomGraphOptions& options);

}  // namespace dsqbench::deploy
