// `dsqbench deploy`: trained networks as integer networks: parity, size, latency, and a file that a build without
// LibTorch runs.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "kernels/api/error.h"
#include "suite/cli/deploy_images.h"
#include "suite/cli/deploy_rows.h"
#include "suite/cli/deploy_run.h"
#include "suite/cli/kernel_options.h"
#include "suite/cli/plot_script.h"
#include "suite/cli/probe_record.h"
#include "suite/cli/verb.h"
#include "suite/cli/verbs.h"
#include "suite/deploy/lower.h"
#include "suite/deploy/network_file.h"
#include "suite/deploy/network_shape.h"
#include "suite/deploy/random_graph.h"
#include "suite/report/network_table.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::vector<std::string> runs, files, bits{"2"}, rivals{"all"};
    std::string random, grids = "symmetric", isa, kernel, output, input, images, plot, results, format = "table";
    std::vector<int> batches{1};
    int threads = 1, samples = 40;
    std::int64_t limit = 0;
    bool steps = false;
};

deploy::ExecutorOptions execution_of(const Arguments& arguments, int batch) {
    deploy::ExecutorOptions execution;
    execution.batch = batch;
    execution.threads = arguments.threads;
    execution.allowed = instruction_sets_named(arguments.isa);
    execution.kernel = arguments.kernel;
    return execution;
}

std::string command_of(const Arguments& arguments, const std::string& what, int batch) {
    std::string text = "dsqbench deploy " + what;
    if (!arguments.isa.empty()) text += " --isa " + arguments.isa;
    if (batch != 1) text += fmt::format(" --batch {}", batch);
    if (arguments.threads != 1) text += fmt::format(" --threads {}", arguments.threads);
    return text;
}

int number_in(const std::map<std::string, std::string>& source, const std::string& key) {
    const auto found = source.find(key);
    return found == source.end() ? 0 : std::atoi(found->second.c_str());
}

DeployedNetwork deployed(deploy::Network network, const std::string& command) {
    DeployedNetwork result;
    const auto& source = network.source;
    const auto label = source.find("label");
    result.name = network.model;
    result.label = label == source.end() ? "random" : label->second;
    result.weight_bits = number_in(source, "weight_bits");
    result.activation_bits = number_in(source, "activation_bits");
    result.file_bytes = static_cast<std::int64_t>(format_network(network).size());
    result.command = command;
    result.network = std::move(network);
    return result;
}

deploy::GridKind grids_named(const std::string& name) {
    if (name == "affine") return deploy::GridKind::affine;
    return name == "half-step" ? deploy::GridKind::half_step : deploy::GridKind::symmetric;
}

deploy::Network random_network(const Arguments& arguments, const std::string& bits_text) {
    const BitPair bits = bits_named(bits_text);
    deploy::RandomGraphOptions options;
    options.shapes = arguments.random;
    options.weight_bits = bits.weights;
    options.activation_bits = bits.activations;
    options.grids = grids_named(arguments.grids);
    deploy::Network network = deploy::lower(deploy::random_graph(options));
    network.source["label"] = "random";
    network.source["weight_bits"] = std::to_string(bits.weights);
    network.source["activation_bits"] = std::to_string(bits.activations);
    return network;
}

std::vector<DeployedNetwork> collect(const Arguments& arguments, const Session& session) {
    std::vector<DeployedNetwork> networks;
    for (const std::string& run : arguments.runs) {
        RunDeployment found = deploy_run(run, session.data_root, execution_of(arguments, 1), arguments.limit);
        networks.push_back(deployed(std::move(found.network), command_of(arguments, run, 1)));
        networks.back().parity = std::move(found.parity);
    }
    for (const std::string& file : arguments.files)
        networks.push_back(deployed(deploy::read_network(file), command_of(arguments, "--file " + file, 1)));
    if (!arguments.random.empty())
        for (const std::string& bits : arguments.bits) {
            const std::string what =
                fmt::format("--random {} --bits {} --grids {}", arguments.random, bits, arguments.grids);
            networks.push_back(deployed(random_network(arguments, bits), command_of(arguments, what, 1)));
        }
    return networks;
}

// Networks of one shape take turns with the rivals.
std::vector<std::vector<DeployedNetwork>> by_shape(std::vector<DeployedNetwork> networks) {
    std::vector<std::vector<DeployedNetwork>> groups;
    std::vector<std::string> shapes;
    for (DeployedNetwork& network : networks) {
        const std::string shape = deploy::text_of(deploy::shape_of(network.network));
        const auto found = std::find(shapes.begin(), shapes.end(), shape);
        const auto index = static_cast<std::size_t>(found - shapes.begin());
        if (found == shapes.end()) {
            shapes.push_back(shape);
            groups.emplace_back();
        }
        groups[index].push_back(std::move(network));
    }
    return groups;
}

std::vector<std::string> rival_networks(const std::vector<std::string>& wanted) {
    if (wanted == std::vector<std::string>{"none"}) return {};
    const std::vector<std::string> known = RivalNetworkRegistry::instance().names();
    if (wanted == std::vector<std::string>{"all"}) return known;
    for (const std::string& name : wanted) RivalNetworkRegistry::instance().find(name);
    return wanted;
}

std::vector<Row> measure(const Arguments& arguments, const std::vector<DeployedNetwork>& group, int batch,
                         NoiseGate& gate) {
    deploy::LatencyRequest request;
    request.title = fmt::format("{}, batch {}", group.front().name, batch);
    for (const DeployedNetwork& network : group) request.networks.push_back(&network.network);
    request.rivals = rival_networks(arguments.rivals);
    request.execution = execution_of(arguments, batch);
    if (!arguments.isa.empty()) request.rival_limits.allowed = request.execution.allowed;
    request.timing.samples = arguments.samples;
    const deploy::LatencyResult found = deploy::measure_latency(request, gate);
    return rows_of(group, &found, request.execution);
}

std::vector<Row> rows_of_groups(const Arguments& arguments, const std::vector<std::vector<DeployedNetwork>>& groups) {
    std::vector<Row> rows;
    if (arguments.samples == 0) {
        for (const auto& group : groups)
            for (Row& row : rows_of(group, nullptr, execution_of(arguments, 1))) rows.push_back(std::move(row));
        return rows;
    }
    if (arguments.rivals != std::vector<std::string>{"none"})
        for (const auto& [library, reason] : missing_rivals())
            if (library == "onednn") fmt::print(stderr, "dsqbench: note: no rival {}: {}\n", library, reason);
    ProbeRecord record;
    NoiseGate gate(record.read());
    for (const auto& group : groups)
        for (const int batch : arguments.batches)
            for (Row& row : measure(arguments, group, batch, gate)) rows.push_back(std::move(row));
    record.write(gate.best());
    return rows;
}

std::string parity_text(const std::vector<DeployedNetwork>& networks) {
    std::string text;
    for (const DeployedNetwork& network : networks) {
        const nlohmann::json& parity = network.parity;
        if (!parity.is_object()) continue;
        double largest = 0;
        std::size_t undecided = 0;
        for (const auto& found : parity["disagreements"]) {
            largest = std::max(largest, found["distance"].get<double>());
            undecided += found["rounding"].get<bool>();
        }
        text += fmt::format(
            "{}: {} of {} predictions equal ({:.2f} %), top-1 {:.2f} % as integers, {:.2f} % before; {} of {} "
            "disagreements traced to rounding, at most {:.1e} of a layer's largest value from a threshold\n",
            network.label, parity["images"].get<std::int64_t>() - parity["different"].get<std::int64_t>(),
            parity["images"].get<std::int64_t>(), parity["equal_percent"].get<double>(),
            parity["integer_top1"].get<double>(), parity["reference_top1"].get<double>(), undecided,
            parity["disagreements"].size(), largest);
    }
    return text.empty() ? text : "parity\n" + text + "\n";
}

void print(const Arguments& arguments, const std::vector<DeployedNetwork>& networks, const std::vector<Row>& rows,
           bool as_json) {
    if (as_json || arguments.format == "json") {
        nlohmann::json parities = nlohmann::json::array();
        for (const DeployedNetwork& network : networks)
            parities.push_back(
                {{"label", network.label}, {"parity", network.parity}, {"source", network.network.source}});
        return print_json({{"rows", rows}, {"networks", parities}});
    }
    const bool markdown = arguments.format == "md";
    const auto text = [&](const TextTable& table) { return markdown ? table.markdown() : table.aligned(); };
    std::string result = parity_text(networks) + text(network_table(rows));
    if (arguments.steps) result += "\n" + text(step_table(rows));
    print_result(result);
}

void print_predictions(const ImagePredictions& found, bool as_json) {
    if (as_json) {
        nlohmann::json json = {{"predictions", found.predictions}, {"logits_sha256", found.logits_sha256}};
        if (found.top1) json["top1"] = *found.top1;
        return print_json(json);
    }
    print_result(fmt::format("{} images{}\nlogits sha256 {}\n", found.predictions.size(),
                             found.top1 ? fmt::format(", top-1 {:.2f} %", *found.top1) : "", found.logits_sha256));
}

void store(const std::vector<Row>& rows, const std::string& folder) {
    ResultStore results(folder);
    std::size_t written = 0;
    for (const Row& row : rows) written += results.append(row);
    fmt::print(stderr, "dsqbench: {} of {} rows added to {}; the others are there for this commit\n", written,
               rows.size(), folder);
}

void report_failures(const std::vector<Row>& rows, const std::vector<DeployedNetwork>& networks, Session& session) {
    for (const Row& row : rows)
        if (text_of(row, "check") == "failed") session.exit_code = ExitCode::numeric;
    for (const DeployedNetwork& network : networks)
        if (network.parity.is_object() && network.parity.contains("failure"))
            fmt::print(stderr, "dsqbench: {}: no parity, layer '{}': {}\n", network.label,
                       network.parity["failed_layer"].get<std::string>(), network.parity["failure"].get<std::string>());
}

void check(const Arguments& arguments) {
    const std::size_t sources = arguments.runs.size() + arguments.files.size() + (arguments.random.empty() ? 0 : 1);
    if (sources == 0)
        throw Error(ExitCode::usage, "nothing to deploy", "name a run directory, --file FILE or --random resnet18");
    const bool is_single = sources == 1 && (arguments.random.empty() || arguments.bits.size() == 1);
    if (!is_single && (!arguments.output.empty() || !arguments.input.empty()))
        throw Error(ExitCode::usage, "--output and --input are for one network");
    if (!arguments.images.empty() && arguments.runs.size() != 1)
        throw Error(ExitCode::usage, "--write-images is for one run");
}

void deploy_networks(const Arguments& arguments, Session& session) {
    check(arguments);
    if (!arguments.images.empty())
        write_safetensors(arguments.images, images_of_run(arguments.runs.front(), session.data_root));
    std::vector<DeployedNetwork> networks = collect(arguments, session);
    if (!arguments.output.empty()) deploy::write_network(arguments.output, networks.front().network);
    if (!arguments.input.empty())
        return print_predictions(
            predict_images(networks.front().network, execution_of(arguments, arguments.batches[0]), arguments.input),
            session.json);
    const auto groups = by_shape(std::move(networks));
    std::vector<Row> rows = rows_of_groups(arguments, groups);
    for (Row& row : rows) row = complete_row(std::move(row));
    std::vector<DeployedNetwork> all;
    for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
    if (!arguments.plot.empty())
        draw_with_script("plot_networks.py", nlohmann::json{{"rows", rows}}, arguments.plot, session.program);
    print(arguments, all, rows, session.json);
    if (!arguments.results.empty()) store(rows, arguments.results);
    report_failures(rows, all, session);
}

void run(const Arguments& arguments, Session& session) {
    try {
        deploy_networks(arguments, session);
    } catch (const KernelError& error) {
        throw Error(ExitCode::unavailable, error.what(), "`dsqbench ls kernels` lists them");
    }
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    command.add_option("run", arguments->runs, "run directories of finished training runs");
    add_option(command, "--file", arguments->files, "network files, as --output writes them")->allow_extra_args(false);
    add_option(command, "--random", arguments->random, "random weights in a network's shapes, for latency alone")
        ->check(CLI::IsMember(deploy::random_graph_shapes()));
    add_option(command, "--bits", arguments->bits, "of --random: 2 for both, or 2/8 for weights/activations")
        ->delimiter(',')
        ->capture_default_str();
    add_option(command, "--grids", arguments->grids, "of --random: of its weights and activations")
        ->check(CLI::IsMember({"symmetric", "half-step", "affine"}))
        ->capture_default_str();
    add_option(command, "--output", arguments->output, "file for the integer network");
    add_option(command, "--write-images", arguments->images,
               "file for the run's evaluation images, as --input takes them");
    add_option(command, "--input", arguments->input, "safetensors file of images to classify; no latency then");
    add_option(command, "--isa", arguments->isa, "these instruction sets only, for rivals too");
    add_option(command, "--kernel", arguments->kernel, "this kernel for every layer");
    add_option(command, "--batch", arguments->batches, "images a run; several with commas")
        ->delimiter(',')
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    add_option(command, "--threads", arguments->threads, "threads that compute")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    add_option(command, "--samples", arguments->samples, "undisturbed samples of each; 0 measures no latency")
        ->check(CLI::Range(0, 100000))
        ->capture_default_str();
    add_option(command, "--limit-images", arguments->limit, "parity over the first images only");
    add_option(command, "--rivals", arguments->rivals, "all, none, or operators such as onednn/network_u8s8")
        ->delimiter(',')
        ->capture_default_str();
    add_flag(command, "--steps", arguments->steps, "also print the time of every step");
    add_option(command, "--format", arguments->format, "how to print")
        ->check(CLI::IsMember({"table", "md", "json"}))
        ->capture_default_str();
    add_option(command, "--plot", arguments->plot, "also draw accuracy or latency into this file (.png, .svg, .pdf)");
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_option(command, "--data-root", session.data_root, "folder that holds the data sets");
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb deploy_verb{"deploy", "a trained network as an integer network: parity, accuracy, size, latency, file",
                       declare};

}  // namespace dsqbench
