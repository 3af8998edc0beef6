#include "suite/cli/deploy_rows.h"

#include <fmt/format.h>

#include "kernels/bench/processor.h"
#include "suite/cli/timing_rows.h"

namespace dsqbench {

namespace {

using deploy::NetworkLatency;

Row common_row(const DeployedNetwork& network, const NetworkRowContext& context, bool timed) {
    return {{"kind", "network"},
            {"network", network.name},
            {"method", "measured"},
            {"processor", processor_name()},
            {"kernel_choice", context.kernel_choice},
            {"timed", timed},
            {"threads", context.execution.threads},
            {"batch", context.execution.batch}};
}

std::string command_of(const DeployedNetwork& network, const NetworkRowContext& context) {
    std::string text = network.command;
    if (context.execution.batch != 1) text += fmt::format(" --batch {}", context.execution.batch);
    if (context.execution.threads != 1) text += fmt::format(" --threads {}", context.execution.threads);
    return text;
}

void add_latency(Row& row, const NetworkLatency& latency, double gigahertz) {
    if (!latency.total) return;
    add_timing(row, *latency.total, gigahertz);
    Row steps = Row::array();
    for (const deploy::StepTiming& step : latency.steps)
        steps.push_back({{"name", step.name},
                         {"kernel", step.kernel},
                         {"median_ns", step.nanoseconds.median},
                         {"spread", step.nanoseconds.spread}});
    row["step_times"] = steps.dump();
}

void add_memory(Row& row, const NetworkLatency& latency) {
    row["activation_bytes"] = latency.memory->activations;
    row["scratch_bytes"] = latency.memory->scratch;
    row["memory_bytes"] = latency.weight_bytes + latency.memory->activations + latency.memory->scratch;
}

void add_ratios(Row& row, const NetworkLatency& ours, const std::vector<NetworkLatency>& rivals) {
    if (!ours.total || ours.total->accepted == 0) return;
    for (const NetworkLatency& rival : rivals) {
        if (!rival.total || rival.total->accepted == 0) continue;
        const bool is_int8 = rival.arithmetic == Arithmetic::int8;
        row[is_int8 ? "int8_rival" : "f32_rival"] = rival.rival;
        row[is_int8 ? "int8_ratio" : "f32_ratio"] = rival.total->nanoseconds.median / ours.total->nanoseconds.median;
    }
}

void add_sizes(Row& row, const DeployedNetwork& deployed) {
    const deploy::WeightSize low = low_bit_weights(deployed.network), all = all_weights(deployed.network);
    row["low_bit_weight_bytes"] = low.packed + low.epilogue;
    row["low_bit_float_bytes"] = low.as_float;
    row["weight_bytes"] = all.packed + all.epilogue;
    row["file_bytes"] = deployed.file_bytes;
}

void add_parity(Row& row, const DeployedNetwork& deployed) {
    row["integer_top1"] = deployed.parity["integer_top1"];
    row["equal_predictions"] = deployed.parity["equal_percent"];
    row["compared_images"] = deployed.parity["images"];
    row["compared_on"] = deployed.compared_on;
}

// Parity where there was a run to compare with, and the baseline kernels' logits where latency was measured.
void add_check(Row& row, const DeployedNetwork& deployed, const NetworkLatency* latency) {
    const bool compared = deployed.parity.is_object();
    row["check"] = compared || latency != nullptr ? "passed" : "skipped";
    if (row["check"] == "skipped") row["check_reason"] = "neither a run to compare with nor latency";
    if (latency != nullptr && !latency->check_passed) {
        row["check"] = "failed";
        row["check_reason"] = "logits differ from those of the baseline kernels";
    }
    if (failed_parity(deployed)) {
        row["check"] = "failed";
        row["check_reason"] = deployed.parity["failure"];
    }
}

Row row_of(const DeployedNetwork& deployed, const NetworkLatency* latency, const deploy::LatencyResult* result,
           const NetworkRowContext& context) {
    Row row = common_row(deployed, context, latency != nullptr);
    row["label"] = deployed.label;
    row["variant"] = "dsqbench";
    row["instruction_set"] = name(context.execution.allowed);
    row["weight_bits"] = deployed.weight_bits;
    row["activation_bits"] = deployed.activation_bits;
    row["weights"] = source_text(deployed.network, "weights") == "trained" ? "trained" : "random";
    row["command"] = command_of(deployed, context);
    for (const char* field : {"weights_sha256", "grids"})
        if (const std::string text = source_text(deployed.network, field); !text.empty()) row[field] = text;
    add_sizes(row, deployed);
    if (deployed.parity.is_object()) add_parity(row, deployed);
    add_check(row, deployed, latency);
    if (latency != nullptr) {
        add_latency(row, *latency, result->gigahertz);
        add_memory(row, *latency);
        add_ratios(row, *latency, result->rivals);
    }
    const std::string unchecked = row["check"] == "passed" ? "" : "its output did not pass the check";
    add_publication(row,
                    {deployed.obstacle, build_obstacle(), unchecked, latency == nullptr ? "" : timing_obstacle(row)});
    return row;
}

Row row_of(const NetworkLatency& rival, const DeployedNetwork& like, const deploy::LatencyResult& result,
           const NetworkRowContext& context) {
    Row row = common_row(like, context, rival.total.has_value());
    const int bits = rival.arithmetic == Arithmetic::f32 ? 32 : 8;
    row["label"] = rival.rival;
    row["variant"] = rival.rival;
    row["implementation"] = rival.version;
    row["instruction_set"] = name(context.execution.allowed);
    row["weight_bits"] = bits;
    row["activation_bits"] = bits;
    row["weights"] = "constant";
    row["command"] = command_of(like, context) + " --rivals " + rival.rival;
    row["check"] = "skipped";
    row["check_reason"] = rival.refusal.empty() ? "another library's" : rival.refusal;
    if (rival.total) row["weight_bytes"] = rival.weight_bytes;
    add_latency(row, rival, result.gigahertz);
    add_publication(row, {build_obstacle(), timing_obstacle(row)});
    return row;
}

}  // namespace

std::vector<Row> rows_of(const std::vector<DeployedNetwork>& networks, const deploy::LatencyResult* latency,
                         const NetworkRowContext& context) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < networks.size(); ++i)
        rows.push_back(row_of(networks[i], latency == nullptr ? nullptr : &latency->ours[i], latency, context));
    if (latency != nullptr)
        for (const NetworkLatency& rival : latency->rivals)
            rows.push_back(row_of(rival, networks.front(), *latency, context));
    return rows;
}

}  // namespace dsqbench
