#include "suite/cli/deploy_sources.h"

#include <fmt/format.h>

#include <cstdlib>

#include "suite/cli/deploy_run.h"
#include "suite/cli/kernel_options.h"
#include "suite/core/shell.h"
#include "suite/deploy/lower.h"
#include "suite/deploy/network_file.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench {

namespace {

DeployedNetwork deployed(deploy::Network network, const std::string& command) {
    DeployedNetwork result;
    const std::string label = source_text(network, "label");
    result.name = network.model;
    result.label = label.empty() ? "random" : label;
    result.weight_bits = std::atoi(source_text(network, "weight_bits").c_str());
    result.activation_bits = std::atoi(source_text(network, "activation_bits").c_str());
    result.file_bytes = static_cast<std::int64_t>(format_network(network).size());
    result.command = "dsqbench deploy " + command;
    result.network = std::move(network);
    return result;
}

deploy::GridKind grids_named(const std::string& name) {
    if (name == "affine") return deploy::GridKind::affine;
    return name == "half-step" ? deploy::GridKind::half_step : deploy::GridKind::symmetric;
}

deploy::Network random_network(const NetworkSources& sources, const std::string& bits_text) {
    const BitPair bits = bits_named(bits_text);
    deploy::RandomGraphOptions options;
    options.shapes = sources.random;
    options.weight_bits = bits.weights;
    options.activation_bits = bits.activations;
    options.grids = grids_named(sources.grids);
    deploy::Network network = deploy::lower(deploy::random_graph(options));
    network.source["label"] = "random";
    network.source["grids"] = sources.grids;
    network.source["weight_bits"] = std::to_string(bits.weights);
    network.source["activation_bits"] = std::to_string(bits.activations);
    return network;
}

}  // namespace

bool failed_parity(const DeployedNetwork& network) {
    return network.parity.is_object() && network.parity.contains("failure");
}

std::string source_text(const deploy::Network& network, const std::string& key) {
    const auto found = network.source.find(key);
    return found == network.source.end() ? "" : found->second;
}

std::size_t NetworkSources::count() const {
    return runs.size() + files.size() + (random.empty() ? 0 : bits.size());
}

std::vector<DeployedNetwork> open_networks(const NetworkSources& sources, const std::string& options,
                                           const deploy::ExecutorOptions& execution,
                                           const std::filesystem::path& data_root) {
    std::vector<DeployedNetwork> networks;
    const std::string limit = sources.limit_images == 0 ? "" : fmt::format(" --limit-images {}", sources.limit_images);
    for (const std::string& run : sources.runs) {
        RunDeployment found = deploy_run(run, data_root, execution, sources.limit_images);
        networks.push_back(deployed(std::move(found.network), shell_quoted(run) + options + limit));
        networks.back().parity = std::move(found.parity);
        networks.back().compared_on = std::move(found.compared_on);
        networks.back().obstacle = std::move(found.obstacle);
    }
    for (const std::string& file : sources.files)
        networks.push_back(deployed(deploy::read_network(file), "--file " + shell_quoted(file) + options));
    if (sources.random.empty()) return networks;
    for (const std::string& bits : sources.bits)
        networks.push_back(
            deployed(random_network(sources, bits),
                     fmt::format("--random {} --bits {} --grids {}{}", sources.random, bits, sources.grids, options)));
    return networks;
}

}  // namespace dsqbench
