// `dsqbench deploy`: trained networks as integer networks: parity, size, latency, and a file that a build without
// LibTorch runs.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <new>

#include "kernels/api/error.h"
#include "suite/cli/deploy_images.h"
#include "suite/cli/deploy_rows.h"
#include "suite/cli/deploy_run.h"
#include "suite/cli/kernel_options.h"
#include "suite/cli/plot_script.h"
#include "suite/cli/probe_record.h"
#include "suite/cli/verb.h"
#include "suite/cli/verbs.h"
#include "suite/deploy/network_file.h"
#include "suite/deploy/network_shape.h"
#include "suite/deploy/random_graph.h"
#include "suite/report/network_goals.h"
#include "suite/report/network_table.h"

namespace dsqbench {

namespace {

constexpr int default_samples = 40;

struct Arguments {
    NetworkSources sources;
    std::vector<std::string> rivals{"all"};
    std::string isa, kernel, output, input, images, plot, results, format = "table";
    std::vector<int> batches{1}, threads{1};
    int samples = default_samples;
    bool steps = false;

    bool measures_kernels() const { return kernel == "measured"; }
};

struct Setting {
    int batch = 1, threads = 1;
};

deploy::ExecutorOptions execution_of(const Arguments& arguments, const Setting& setting) {
    deploy::ExecutorOptions execution;
    execution.batch = setting.batch;
    execution.threads = setting.threads;
    execution.allowed = instruction_sets_named(arguments.isa);
    if (!arguments.measures_kernels()) execution.kernel = arguments.kernel;
    return execution;
}

NetworkRowContext context_of(const Arguments& arguments, const Setting& setting) {
    return {execution_of(arguments, setting), arguments.kernel.empty() ? "modelled" : arguments.kernel};
}

// What rows repeat of the command line, beside where their networks come from.
std::string options_text(const Arguments& arguments) {
    std::string text;
    if (!arguments.isa.empty()) text += " --isa " + arguments.isa;
    if (!arguments.kernel.empty()) text += " --kernel " + arguments.kernel;
    if (arguments.samples != default_samples) text += fmt::format(" --samples {}", arguments.samples);
    return text;
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

std::vector<Row> measure(const Arguments& arguments, const std::vector<DeployedNetwork>& group, const Setting& setting,
                         NoiseGate& gate) {
    deploy::LatencyRequest request;
    request.title = fmt::format("{}, batch {}, {} thread(s)", group.front().name, setting.batch, setting.threads);
    for (const DeployedNetwork& network : group) request.networks.push_back(&network.network);
    request.rivals = rival_networks_named(arguments.rivals);
    request.execution = execution_of(arguments, setting);
    if (arguments.measures_kernels()) request.choice = deploy::KernelChoice::measured;
    if (!arguments.isa.empty()) request.rival_sets = request.execution.allowed;
    request.samples = arguments.samples;
    const deploy::LatencyResult found = deploy::measure_latency(request, gate);
    return rows_of(group, &found, context_of(arguments, setting));
}

void append(std::vector<Row>& rows, std::vector<Row> more) {
    for (Row& row : more) rows.push_back(complete_row(std::move(row)));
}

std::vector<Row> rows_of_groups(const Arguments& arguments, const std::vector<std::vector<DeployedNetwork>>& groups) {
    std::vector<Row> rows;
    if (arguments.samples == 0) {
        for (const auto& group : groups) append(rows, rows_of(group, nullptr, context_of(arguments, {})));
        return rows;
    }
    for (const auto& [library, reason] : missing_rivals())
        if (library == "onednn" && !rival_networks_named(arguments.rivals).empty())
            fmt::print(stderr, "dsqbench: note: no rival {}: {}\n", library, reason);
    ProbeRecord record;
    NoiseGate gate(record.read());
    for (const auto& group : groups)
        for (const int batch : arguments.batches)
            for (const int threads : arguments.threads) append(rows, measure(arguments, group, {batch, threads}, gate));
    record.write(gate.best());
    return rows;
}

std::string parity_text(const DeployedNetwork& network) {
    const nlohmann::json& parity = network.parity;
    double largest = 0;
    std::size_t undecided = 0;
    for (const auto& found : parity["disagreements"]) {
        largest = std::max(largest, found["distance"].get<double>());
        undecided += found["rounding"].get<bool>();
    }
    const auto images = parity["images"].get<std::int64_t>();
    return fmt::format(
        "{}: {} of {} predictions equal ({:.2f} %), top-1 {:.2f} % as integers, {:.2f} % before; {} of {} "
        "disagreements traced to rounding, at most {:.1e} of a layer's largest value from a threshold\n",
        network.label, images - parity["different"].get<std::int64_t>(), images, parity["equal_percent"].get<double>(),
        parity["integer_top1"].get<double>(), parity["reference_top1"].get<double>(), undecided,
        parity["disagreements"].size(), largest);
}

nlohmann::json as_json(const std::vector<DeployedNetwork>& networks, const std::vector<Row>& rows) {
    nlohmann::json parities = nlohmann::json::array();
    for (const DeployedNetwork& network : networks)
        parities.push_back({{"label", network.label}, {"parity", network.parity}, {"source", network.network.source}});
    return {{"rows", rows}, {"networks", parities}, {"goals", to_json(judge_network_goals(rows))}};
}

void print(const Arguments& arguments, const std::vector<DeployedNetwork>& networks, const std::vector<Row>& rows,
           bool json) {
    if (json || arguments.format == "json") return print_json(as_json(networks, rows));
    const auto text = [&](const TextTable& table) {
        return arguments.format == "md" ? table.markdown() : table.aligned();
    };
    std::string result;
    for (const DeployedNetwork& network : networks)
        if (network.parity.is_object()) result += parity_text(network);
    if (!result.empty()) result = "parity\n" + result + "\n";
    result += text(network_table(rows));
    if (const auto goals = judge_network_goals(rows); !goals.empty())
        result += "\n" + text(goal_table(goals, "goal, one thread, batch 1"));
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
    for (const Row& row : rows) {
        // What did not run is no measurement.
        const bool ran = text_of(row, "variant") == "dsqbench" || row.contains("median_ns");
        written += ran && results.append(row);
    }
    fmt::print(stderr, "dsqbench: {} of {} rows added to {}; the others are there for this commit, or did not run\n",
               written, rows.size(), folder);
}

// Of a network that failed, nothing is written but the row that says so.
void report_parity(const std::vector<DeployedNetwork>& networks, Session& session) {
    for (const DeployedNetwork& network : networks) {
        if (!failed_parity(network)) continue;
        session.exit_code = ExitCode::numeric;
        const auto layer = network.parity["failed_layer"].get<std::string>();
        fmt::print(stderr, "dsqbench: {}: no parity{}: {}\n", network.label,
                   layer.empty() ? "" : ", layer '" + layer + "'", network.parity["failure"].get<std::string>());
    }
}

void report_checks(const std::vector<Row>& rows, Session& session) {
    for (const Row& row : rows) {
        if (text_of(row, "check") != "failed") continue;
        session.exit_code = ExitCode::numeric;
        fmt::print(stderr, "dsqbench: failed: {}; repeat with: {}\n", text_of(row, "check_reason"),
                   text_of(row, "command"));
    }
}

void check_sources(const Arguments& arguments) {
    const NetworkSources& sources = arguments.sources;
    const std::size_t count = sources.count();
    if (count == 0)
        throw Error(ExitCode::usage, "nothing to deploy", "name a run directory, --file FILE or --random resnet18");
    if (count > 1 && (!arguments.output.empty() || !arguments.input.empty()))
        throw Error(ExitCode::usage, "--output and --input are for one network");
    if (!arguments.images.empty() && sources.runs.size() != 1)
        throw Error(ExitCode::usage, "--write-images is for one run");
    if (sources.runs.empty() && sources.limit_images != 0)
        throw Error(ExitCode::usage, "--limit-images is for parity, which needs a run");
    for (const std::string& bits : sources.bits) bits_named(bits);
}

// Whatever is wrong with the command line comes out before anything is trained, read or measured.
void check(const Arguments& arguments) {
    check_sources(arguments);
    if (!arguments.kernel.empty() && !arguments.measures_kernels()) variants_named({arguments.kernel});
    if (!arguments.input.empty() &&
        (!arguments.results.empty() || !arguments.plot.empty() || arguments.measures_kernels()))
        throw Error(ExitCode::usage, "--input classifies images: no --results, --plot or --kernel measured then");
    if (!arguments.plot.empty() && arguments.samples == 0)
        throw Error(ExitCode::usage, "--plot draws latency, --samples 0 measures none");
    for (const int threads : arguments.threads) check_threads(threads);
    rival_networks_named(arguments.rivals);
    instruction_sets_named(arguments.isa);
}

void deploy_networks(const Arguments& arguments, Session& session) {
    check(arguments);
    const Setting first{arguments.batches.front(), arguments.threads.front()};
    if (!arguments.images.empty())
        write_safetensors(arguments.images, images_of_run(arguments.sources.runs.front(), session.data_root));
    std::vector<DeployedNetwork> networks =
        open_networks(arguments.sources, options_text(arguments), execution_of(arguments, first), session.data_root);
    report_parity(networks, session);
    if (!arguments.output.empty() && !failed_parity(networks.front()))
        deploy::write_network(arguments.output, networks.front().network);
    if (!arguments.input.empty())
        return print_predictions(
            predict_images(networks.front().network, execution_of(arguments, first), arguments.input), session.json);
    const auto groups = by_shape(std::move(networks));
    const std::vector<Row> rows = rows_of_groups(arguments, groups);
    std::vector<DeployedNetwork> all;
    for (const auto& group : groups) all.insert(all.end(), group.begin(), group.end());
    if (!arguments.results.empty()) store(rows, arguments.results);
    print(arguments, all, rows, session.json);
    report_checks(rows, session);
    if (!arguments.plot.empty())
        draw_with_script("plot_networks.py", nlohmann::json{{"rows", rows}}, arguments.plot, session.program);
}

void run(Arguments arguments, Session& session) {
    if (arguments.sources.random.empty() && !arguments.sources.bits.empty())
        throw Error(ExitCode::usage, "--bits is for --random", "runs and files have their own");
    if (!arguments.sources.random.empty() && arguments.sources.bits.empty()) arguments.sources.bits = {"2"};
    try {
        deploy_networks(arguments, session);
    } catch (const KernelError& error) {
        throw Error(ExitCode::unavailable, error.what(), "`dsqbench ls kernels` lists them");
    } catch (const ShapeError& error) {
        throw Error(ExitCode::usage, error.what(), "a smaller --batch");
    } catch (const std::bad_alloc&) {
        throw Error(ExitCode::failed, "there is not enough memory for the network", "a smaller --batch");
    }
}

void declare_sources(CLI::App& command, Arguments& arguments) {
    NetworkSources& sources = arguments.sources;
    command.add_option("run", sources.runs, "run directories of finished training runs");
    add_option(command, "--file", sources.files, "network files, as --output writes them")->allow_extra_args(false);
    add_option(command, "--random", sources.random, "random weights in a network's shapes, for latency alone")
        ->check(CLI::IsMember(deploy::random_graph_shapes()));
    add_option(command, "--bits", sources.bits, "of --random: 2 for both (the default), or 2/8 for weights/activations")
        ->delimiter(',');
    add_option(command, "--grids", sources.grids, "of --random: of its weights and activations")
        ->check(CLI::IsMember({"symmetric", "half-step", "affine"}))
        ->capture_default_str();
    add_option(command, "--limit-images", sources.limit_images, "parity over the first images only")
        ->check(at_least(1));
}

void declare_measurement(CLI::App& command, Arguments& arguments) {
    add_option(command, "--isa", arguments.isa, "these instruction sets only, for rivals too");
    add_option(command, "--kernel", arguments.kernel,
               "this kernel for every layer, or 'measured': for each the fastest here, found by running them all");
    add_option(command, "--batch", arguments.batches, "images a run; several with commas")
        ->delimiter(',')
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    add_option(command, "--threads", arguments.threads, "threads that compute; several with commas")
        ->delimiter(',')
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    add_option(command, "--samples", arguments.samples, "undisturbed samples of each; 0 measures no latency")
        ->check(CLI::Range(0, 100000))
        ->capture_default_str();
    add_option(command, "--rivals", arguments.rivals, "all, none, a library or an operator of one")
        ->delimiter(',')
        ->capture_default_str();
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    declare_sources(command, *arguments);
    add_option(command, "--output", arguments->output, "file for the integer network");
    add_option(command, "--write-images", arguments->images,
               "file for the run's evaluation images, as --input takes them");
    add_option(command, "--input", arguments->input, "safetensors file of images to classify; no latency then");
    declare_measurement(command, *arguments);
    add_flag(command, "--steps", arguments->steps, "also print the time of every step");
    add_option(command, "--format", arguments->format, "how to print")
        ->check(CLI::IsMember({"table", "md", "json"}))
        ->capture_default_str();
    add_plot_option(command, arguments->plot, "also draw accuracy or latency into this file");
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_option(command, "--data-root", session.data_root, "folder that holds the data sets");
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb deploy_verb{"deploy", "a trained network as an integer network: parity, accuracy, size, latency, file",
                       declare};

}  // namespace dsqbench
