// Which kernel is the fastest for each layer of a network on this machine, found by running them all.
#pragma once

#include "kernels/api/tuning.h"
#include "suite/deploy/network.h"

namespace dsqbench::deploy {

// Of every integer convolution, each shape once, on one thread. Takes about a second for a ResNet-18 at batch 1.
CostTable measured_costs(const Network& network, int batch);

}  // namespace dsqbench::deploy
