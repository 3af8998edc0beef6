// `dsqbench bench [kernels]`: latency of kernels on the layers of a shape list, against the rivals.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "suite/cli/bench_costs.h"
#include "suite/cli/bench_rows.h"
#include "suite/cli/bench_targets.h"
#include "suite/cli/folders.h"
#include "suite/cli/kernel_options.h"
#include "suite/cli/probe_record.h"
#include "suite/core/progress.h"
#include "suite/recipe/recipe.h"
#include "suite/report/kernel_goals.h"
#include "suite/report/kernel_table.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string shapes = "resnet18", isa, format = "table";
    std::vector<std::string> layers, kernels, bits{"1", "2", "3", "4", "8"}, rivals{"all"};
    int threads = 1, samples = 40;
    bool cold = false;
    std::string results, costs, tune;
};

ConvolutionShape shape_of(const LayerShape& layer) {
    ConvolutionShape shape;
    shape.height = layer.height;
    shape.width = layer.width;
    shape.in_channels = layer.in_channels;
    shape.out_channels = layer.out_channels;
    shape.kernel_height = layer.kernel_height;
    shape.kernel_width = layer.kernel_width;
    shape.stride = layer.stride;
    shape.padding = {layer.padding_top, layer.padding_bottom, layer.padding_left, layer.padding_right};
    shape.groups = layer.groups;
    return shape;
}

std::vector<LayerShape> chosen_layers(const ShapeList& list, const std::vector<std::string>& names) {
    if (names.empty()) return list.layers;
    std::vector<LayerShape> chosen;
    std::vector<std::string> known;
    for (const LayerShape& layer : list.layers) known.push_back(layer.name);
    for (const std::string& name : names) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end())
            throw Error(ExitCode::usage, "'" + list.name + "' has no layer '" + name + "'", suggestion(name, known));
        chosen.push_back(list.layers[static_cast<std::size_t>(found - known.begin())]);
    }
    return chosen;
}

std::string command_text(const Arguments& arguments, const std::string& layer) {
    std::string text = fmt::format("dsqbench bench --shapes {} --layer {}", arguments.shapes, layer);
    if (!arguments.isa.empty()) text += " --isa " + arguments.isa;
    if (arguments.threads != 1) text += fmt::format(" --threads {}", arguments.threads);
    return text + (arguments.cold ? " --cold" : "");
}

void note_missing_rivals(const std::vector<std::string>& rivals) {
    for (const auto& [library, reason] : missing_rivals())
        if (!rivals.empty()) fmt::print(stderr, "dsqbench: note: no rival {}: {}\n", library, reason);
}

void check(const Arguments& arguments) {
    check_threads(arguments.threads);
    if (arguments.threads > 1 && !arguments.tune.empty())
        throw Error(ExitCode::usage, "costs are measured on one thread", "--tune without --threads");
    if (arguments.cold && !arguments.tune.empty())
        throw Error(ExitCode::usage, "costs are measured with warm caches", "--tune without --cold");
}

LayerRequest request_of(const Arguments& arguments) {
    LayerRequest request;
    for (const std::string& text : arguments.bits) request.bits.push_back(bits_named(text));
    request.variants = variants_named(arguments.kernels);
    if (!arguments.tune.empty() && request.variants.empty()) request.variants = kernels_to_tune();
    if (std::filesystem::exists(arguments.tune)) read_costs(arguments.tune);  // an error before, not after measuring
    if (!arguments.costs.empty()) request.costs = read_costs(arguments.costs);
    request.allowed = instruction_sets_named(arguments.isa);
    request.rivals = rivals_named(arguments.rivals);
    if (!arguments.isa.empty()) request.rival_limits.allowed = request.allowed;
    request.timing.samples = arguments.samples;
    request.timing.cache = arguments.cold ? Cache::cold : Cache::warm;
    request.timing.threads = request.rival_limits.threads = arguments.threads;
    return request;
}

std::vector<Row> measure(const Arguments& arguments, const ShapeList& list, CostRecorder& costs) {
    LayerRequest request = request_of(arguments);
    const auto layers = chosen_layers(list, arguments.layers);
    note_missing_rivals(request.rivals);

    ProbeRecord record;
    ThreadPool pool(arguments.threads);
    const bool several = pool.threads() > 1;
    NoiseGate gate(several ? std::nullopt : record.read(), &pool);
    Progress progress;
    const std::size_t task = progress.add(list.name);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        progress.update(task, static_cast<double>(i) / static_cast<double>(layers.size()), layers[i].name);
        request.title = list.name + "/" + layers[i].name;
        request.shape = shape_of(layers[i]);
        const RowContext context{list.name,     layers[i].name,       command_text(arguments, layers[i].name),
                                 request.shape, request.timing.cache, arguments.threads,
                                 arguments.isa};
        const LayerResult result = benchmark_layer(request, pool, gate);
        costs.add(layers[i].name, result);
        for (Row& row : rows_of(result, context)) rows.push_back(std::move(row));
    }
    progress.finish(task, fmt::format("{} layers", layers.size()));
    if (!several) record.write(gate.best());  // processors that share a core probe slower together
    return rows;
}

void print(const Arguments& arguments, const ShapeList& list, const std::vector<Row>& rows, bool as_json) {
    const auto goals = judge_goals(list, rows);
    if (as_json || arguments.format == "json") return print_json({{"rows", rows}, {"goals", to_json(goals)}});
    if (arguments.format == "csv") return print_result(rows_as_csv(rows));
    if (arguments.format == "jsonl") {
        std::string lines;
        for (const Row& row : rows) lines += row.dump() + "\n";
        return print_result(lines);
    }
    const bool markdown = arguments.format == "md";
    const auto text = [&](const TextTable& table) { return markdown ? table.markdown() : table.aligned(); };
    std::string result = text(kernel_table(rows));
    // One layer of several says nothing about any goal.
    if (std::any_of(goals.begin(), goals.end(), [](const GoalLine& line) { return line.figure.has_value(); }))
        result += "\n" + text(goal_table(goals, kernel_goals_heading));
    print_result(result);
}

// Commands that repeat what went wrong, and the exit code.
void report_checks(const std::vector<Row>& rows, Session& session) {
    bool timed = false;
    for (const Row& row : rows) {
        const std::string check = text_of(row, "check");
        timed = timed || row.contains("median_ns");
        if (check != "failed" && check != "mistrusted") continue;
        fmt::print(stderr, "dsqbench: {}: {}; repeat with: {}\n", check, text_of(row, "check_reason"),
                   text_of(row, "command"));
        if (check == "failed") session.exit_code = ExitCode::numeric;
    }
    if (!timed && session.exit_code == ExitCode::ok) session.exit_code = ExitCode::unavailable;
}

void store(const std::vector<Row>& rows, const std::string& folder) {
    std::size_t written = 0;
    ResultStore results(folder);
    for (const Row& row : rows)
        // What did not run is no measurement.
        if (row.contains("median_ns") && results.append(row)) ++written;
    fmt::print(stderr, "dsqbench: {} of {} rows added to {}; the others are there for this commit, or did not run\n",
               written, rows.size(), folder);
}

void keep(const CostRecorder& costs, const std::string& file) {
    costs.write(file);
    fmt::print(stderr, "{}dsqbench: these costs were added to {}; use them with --costs {}\n",
               costs.summary().aligned(), file, file);
    if (costs.disturbed() > 0)
        fmt::print(stderr, "dsqbench: {} kernels are left out: no sample of theirs was undisturbed\n",
                   costs.disturbed());
}

void bench(const Arguments& arguments, Session& session) {
    check(arguments);
    const auto folder = recipes_folder_of(session);
    const ShapeList list = load_shape_list(arguments.shapes, folder);
    CostRecorder costs;
    std::vector<Row> rows = measure(arguments, list, costs);
    for (Row& row : rows) row = complete_row(std::move(row));
    print(arguments, list, rows, session.json);
    if (!arguments.results.empty()) store(rows, arguments.results);
    if (!arguments.tune.empty()) keep(costs, arguments.tune);
    report_checks(rows, session);
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    add_option(command, "--shapes", arguments->shapes, "list of layers: a name of recipes/kernels, or a path")
        ->capture_default_str();
    add_option(command, "--layer", arguments->layers, "only this layer; may be repeated")->allow_extra_args(false);
    add_option(command, "--kernel", arguments->kernels, "these kernels, or all, instead of the best one of each layer")
        ->delimiter(',');
    add_option(command, "--bits", arguments->bits, "2 for both, or 2/8 for weights/activations; several with commas")
        ->delimiter(',')
        ->capture_default_str();
    add_option(command, "--isa", arguments->isa, "these instruction sets only, for rivals too: baseline, avx2 or neon");
    add_option(command, "--threads", arguments->threads, "threads that compute a layer")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    add_option(command, "--rivals", arguments->rivals, "all, none, a library or an operator of one")
        ->delimiter(',')
        ->capture_default_str();
    add_option(command, "--samples", arguments->samples, "undisturbed samples of each")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_flag(command, "--cold", arguments->cold, "push everything out of the caches before each run");
    add_option(command, "--format", arguments->format, "how to print")
        ->check(CLI::IsMember({"table", "md", "csv", "json", "jsonl"}))
        ->capture_default_str();
    add_option(command, "--tune", arguments->tune,
               "measure every kernel and add the costs to this file, for the choice among kernels");
    add_option(command, "--costs", arguments->costs, "choose each layer's kernel by the costs in this file");
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_option(command, "--recipes-dir", session.recipes_folder, "folder of recipes");
    add_json_flag(command, session);
    const CLI::App* self = &command;
    command.callback([arguments, self, &session] {
        if (self->get_subcommands().empty()) bench(*arguments, session);
    });
}

}  // namespace

const Verb bench_kernels_target{"kernels", "convolutions of low-bit codes", declare};

}  // namespace dsqbench
