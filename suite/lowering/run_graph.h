// From a trained network to the graph that suite/deploy lowers: each quantizer's own grid, the codes of the weights on
// it, and batch normalisation as evaluation computes it.
#pragma once

#include "suite/deploy/graph.h"
#include "suite/lowering/finished_run.h"

namespace dsqbench {

// Throws Error(unavailable) for a network or a grid that integers cannot stand for.
deploy::Graph graph_of(FinishedRun& run);

}  // namespace dsqbench
