// Rows of kind "network" from what a latency measurement found.
#pragma once

#include <string>
#include <vector>

#include "suite/deploy/latency.h"
#include "suite/record/row.h"

namespace dsqbench {

// A network to deploy, and what is known of it beside its steps.
struct DeployedNetwork {
    deploy::Network network;
    std::string name;                          // of the shapes: "resnet18"
    std::string label;                         // contender, or "random"
    int weight_bits = 0, activation_bits = 0;  // of its low-bit layers
    std::int64_t file_bytes = 0;
    nlohmann::json parity = {};  // null where there was no run to compare with
    std::string command;         // repeats the row
};

// Those without latency are rows too, of accuracy and size. Ours in order, then the rivals'.
std::vector<Row> rows_of(const std::vector<DeployedNetwork>& networks, const deploy::LatencyResult* latency,
                         const deploy::ExecutorOptions& execution);

}  // namespace dsqbench
