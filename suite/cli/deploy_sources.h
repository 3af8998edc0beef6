// The networks that a `dsqbench deploy` is asked for: of training runs, of files, of random weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/deploy/executor.h"

namespace dsqbench {

// A network to deploy, and what is known of it beside its steps.
struct DeployedNetwork {
    deploy::Network network;
    std::string name;                          // of the shapes: "resnet18"
    std::string label;                         // contender, or "random"
    int weight_bits = 0, activation_bits = 0;  // of its low-bit layers
    std::int64_t file_bytes = 0;
    std::string command;         // repeats its rows, but for batch and threads
    nlohmann::json parity = {};  // null where there was no run to compare with
    std::string compared_on;     // the run's evaluation images: "test" or "validation"
    std::string obstacle;        // why its rows must not be published, "" where nothing is in the way
};

bool failed_parity(const DeployedNetwork& network);

// What a network says of where it comes from; "" where it does not.
std::string source_text(const deploy::Network& network, const std::string& key);

struct NetworkSources {
    std::vector<std::string> runs, files;
    std::string random;             // shapes, or ""
    std::vector<std::string> bits;  // of random weights
    std::string grids = "symmetric";
    std::int64_t limit_images = 0;  // parity on the first ones only; 0: all

    std::size_t count() const;
};

// Runs in order, then files, then random ones. `options`: what of the command line the rows' commands repeat, with a
// space before. Parity is checked with `execution`.
std::vector<DeployedNetwork> open_networks(const NetworkSources& sources, const std::string& options,
                                           const deploy::ExecutorOptions& execution,
                                           const std::filesystem::path& data_root);

}  // namespace dsqbench
