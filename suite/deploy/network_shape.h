// The shapes of an integer network, as a rival library needs them.
#pragma once

#include "kernels/bench/network_shape.h"
#include "suite/deploy/network.h"

namespace dsqbench::deploy {

NetworkShape shape_of(const Network& network);

// Equal shapes run in one alternating measurement.
std::string text_of(const NetworkShape& shape);

}  // namespace dsqbench::deploy
