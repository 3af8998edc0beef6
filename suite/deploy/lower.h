// From what fake-quantized evaluation computes to the integer network that does the same: docs/deploy.md.
#pragma once

#include "suite/deploy/network.h"

namespace dsqbench::deploy {

// Throws Error(data) for a graph whose parts do not fit each other or hold numbers that are not finite.
Network lower(const Graph& graph);

}  // namespace dsqbench::deploy
