// Rows of kind "network" from what a latency measurement found.
#pragma once

#include <string>
#include <vector>

#include "suite/cli/deploy_sources.h"
#include "suite/deploy/latency.h"
#include "suite/record/row.h"

namespace dsqbench {

struct NetworkRowContext {
    deploy::ExecutorOptions execution;
    std::string kernel_choice;  // "modelled", "measured", or a kernel's name
};

// Those without latency are rows too, of accuracy and size. Ours in order, then the rivals'.
std::vector<Row> rows_of(const std::vector<DeployedNetwork>& networks, const deploy::LatencyResult* latency,
                         const NetworkRowContext& context);

}  // namespace dsqbench
