// `dsqbench bench training`: speed and memory of a training step, every contender against FP32.
#include <fmt/format.h>
#include <torch/version.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "kernels/bench/processor.h"
#include "suite/blocked/instruction_set.h"
#include "suite/cli/bench_targets.h"
#include "suite/core/progress.h"
#include "suite/record/provenance.h"
#include "suite/record/row.h"
#include "suite/report/statistics.h"
#include "suite/report/text_table.h"
#include "suite/training/step_benchmark.h"

namespace dsqbench {

namespace {

constexpr const char* baseline = "fp32";
constexpr double memory_goal = 1.15;

// Throughput of a step over that of the same network in FP32.
const std::map<std::string, double>& speed_goals() {
    static const std::map<std::string, double> goals{{"dsq", 0.97}, {"ste", 0.98}, {"pact", 0.98}, {"dorefa", 0.98}};
    return goals;
}

struct Arguments {
    StepSettings step;
    std::vector<std::string> quantizers{"ste",       "ste-lu",    "dorefa",      "pact",
                                        "dsq-fixed", "dsq-alpha", "dsq-mqbench", "dsq"};
    int rounds = 9;
    std::string results;
    bool on_request = false;
};

// What a table line and a row say of a contender.
struct Line {
    StepFigures figures;
    double images_per_second = 0;
    double ratio = 1, lowest = 1, highest = 1;  // of throughputs within a round: median, smallest, largest
    double memory_ratio = 1;
};

std::vector<Line> lines_of(const std::vector<StepFigures>& all, std::int64_t batch) {
    std::vector<Line> lines;
    for (const StepFigures& figures : all) {
        std::vector<double> ratios;
        for (std::size_t round = 0; round < figures.seconds.size(); ++round)
            ratios.push_back(all.front().seconds[round] / figures.seconds[round]);
        const auto [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
        lines.push_back(
            {figures, static_cast<double>(batch) / median(figures.seconds), median(ratios), *lowest, *highest,
             static_cast<double>(figures.peak_memory_bytes) / static_cast<double>(all.front().peak_memory_bytes)});
    }
    return lines;
}

std::string goal_text(const Line& line) {
    const auto goal = speed_goals().find(line.figures.label);
    if (goal == speed_goals().end()) return "";
    return fmt::format("{:.2f} {}", goal->second, line.ratio >= goal->second ? "reached" : "missed");
}

std::string memory_goal_text(const Line& line) {
    if (line.figures.label != "dsq") return "";
    return fmt::format("{:.2f} {}", memory_goal, line.memory_ratio <= memory_goal ? "reached" : "missed");
}

TextTable table_of(const std::vector<Line>& lines) {
    using Align = TextTable::Align;
    TextTable table;
    table.add_column("contender").add_column("weights / activations");
    table.add_column("images/s", Align::right).add_column("/ fp32", Align::right).add_column("[lowest, highest]");
    table.add_column("goal")
        .add_column("memory MiB", Align::right)
        .add_column("/ fp32", Align::right)
        .add_column("goal");
    for (const Line& line : lines)
        table.add_row({line.figures.label, line.figures.pair.weight + " / " + line.figures.pair.activation,
                       fmt::format("{:.1f}", line.images_per_second), fmt::format("{:.3f}", line.ratio),
                       fmt::format("[{:.3f}, {:.3f}]", line.lowest, line.highest), goal_text(line),
                       fmt::format("{:.0f}", static_cast<double>(line.figures.peak_memory_bytes) / (1 << 20)),
                       fmt::format("{:.3f}", line.memory_ratio), memory_goal_text(line)});
    return table;
}

Row row_of(const Line& line, const Arguments& arguments) {
    const StepSettings& step = arguments.step;
    const int bits = line.figures.label == baseline ? 32 : step.bits;
    return {{"kind", "training-speed"},
            {"label", line.figures.label},
            {"weight_quantizer", line.figures.pair.weight},
            {"activation_quantizer", line.figures.pair.activation},
            {"weight_bits", line.figures.pair.weight == baseline ? 32 : bits},
            {"activation_bits", line.figures.pair.activation == baseline ? 32 : bits},
            {"model", step.model},
            {"model_width", step.width},
            {"image", fmt::format("{}x{}x{}", step.channels, step.image_size, step.image_size)},
            {"batch", step.batch},
            {"threads", step.threads},
            {"rounds", arguments.rounds},
            {"images_per_second", line.images_per_second},
            {"fp32_ratio", line.ratio},
            {"fp32_ratio_lowest", line.lowest},
            {"fp32_ratio_highest", line.highest},
            {"peak_memory_bytes", line.figures.peak_memory_bytes},
            {"fp32_memory_ratio", line.memory_ratio},
            {"training_isa", blocked::name_of(blocked::instruction_set())},
            {"processor", processor_name()},
            {"libtorch", TORCH_VERSION},
            {"publishable", true}};
}

void measure(const Arguments& arguments, const Session& session) {
    StepBenchmark benchmark;
    benchmark.settings = arguments.step;
    benchmark.rounds = arguments.rounds;
    benchmark.contenders = {baseline};
    for (const std::string& name : arguments.quantizers)
        if (name != baseline) benchmark.contenders.push_back(name);
    Progress progress;
    const std::size_t task = progress.add(arguments.step.model);
    benchmark.on_progress = [&](double done, const std::string& message) { progress.update(task, done, message); };
    const std::vector<Line> lines = lines_of(benchmark_steps(benchmark), arguments.step.batch);
    progress.finish(task, fmt::format("{} rounds", arguments.rounds));
    nlohmann::json rows = nlohmann::json::array();
    for (const Line& line : lines) rows.push_back(complete_row(row_of(line, arguments)));
    for (const Row& row : rows) check_row(row, "bench training");
    session.json ? print_json({{"rows", rows}}) : print_result(table_of(lines).aligned());
    if (arguments.results.empty()) return;
    ResultStore store(arguments.results);
    for (const Row& row : rows) store.append(row);
}

// One step for every line of standard input that names a contender; its seconds on standard output. What
// scripts/compare_training takes turns with.
void answer(const Arguments& arguments) {
    std::map<std::string, std::unique_ptr<StepContender>> contenders;
    for (std::string label; std::getline(std::cin, label);) {
        auto& contender = contenders[label];
        if (!contender) contender = std::make_unique<StepContender>(arguments.step, label);
        print_result(fmt::format("{:.9f}\n", contender->step()));
    }
}

void declare(CLI::App& command, Session& session) {
    const auto arguments = std::make_shared<Arguments>();
    StepSettings& step = arguments->step;
    add_option(command, "--model", step.model, "a registered model")->capture_default_str();
    add_option(command, "--width", step.width, "channels of its first stage")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    add_option(command, "--batch", step.batch, "images a step")->check(CLI::Range(1, 65536))->capture_default_str();
    add_option(command, "--channels", step.channels, "of an image")->check(CLI::Range(1, 1024))->capture_default_str();
    add_option(command, "--image-size", step.image_size, "rows and columns of an image")
        ->check(CLI::Range(8, 1024))
        ->capture_default_str();
    add_option(command, "--threads", step.threads, "threads of LibTorch's own operations; convolutions use one")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    add_option(command, "--bits", step.bits, "of weights and activations")
        ->check(CLI::Range(1, 8))
        ->capture_default_str();
    add_option(command, "--rounds", arguments->rounds, "in which every contender makes one step")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_option(command, "--quantizer", arguments->quantizers, "contenders beside fp32")->delimiter(',');
    add_option(command, "--results", arguments->results, "folder of result rows to add to; without it, none is kept");
    add_flag(command, "--on-request", arguments->on_request,
             "make a step of each contender that standard input names, a line each, and print its seconds");
    add_json_flag(command, session);
    command.callback(
        [arguments, &session] { arguments->on_request ? answer(*arguments) : measure(*arguments, session); });
}

}  // namespace

const Verb bench_training_target{"training", "a training step: every contender against FP32", declare};

}  // namespace dsqbench
