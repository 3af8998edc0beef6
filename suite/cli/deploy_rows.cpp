#include "suite/cli/deploy_rows.h"

#include "kernels/bench/processor.h"
#include "suite/record/build_info.h"

namespace dsqbench {

namespace {

using deploy::NetworkLatency;

constexpr int fewest_samples = 10;  // fewer say nothing about a median

Row common_row(const std::string& network, const deploy::ExecutorOptions& execution) {
    return {{"kind", "network"},
            {"network", network},
            {"method", "measured"},
            {"processor", processor_name()},
            {"threads", execution.threads},
            {"batch", execution.batch}};
}

void add_latency(Row& row, const NetworkLatency& latency, double gigahertz) {
    row["activation_bytes"] = latency.activation_bytes;
    row["scratch_bytes"] = latency.scratch_bytes;
    if (!latency.total) return;
    row["samples"] = latency.total->accepted;
    row["rejected_samples"] = latency.total->rejected;
    row["median_ns"] = latency.total->nanoseconds.median;
    row["p10_ns"] = latency.total->nanoseconds.p10;
    row["minimum_ns"] = latency.total->nanoseconds.minimum;
    row["spread"] = latency.total->nanoseconds.spread;
    if (gigahertz > 0) row["core_gigahertz"] = gigahertz;
    Row steps = Row::array();
    for (const deploy::StepTiming& step : latency.steps)
        steps.push_back({{"name", step.name},
                         {"kernel", step.kernel},
                         {"median_ns", step.nanoseconds.median},
                         {"spread", step.nanoseconds.spread}});
    row["step_times"] = steps.dump();
}

void add_ratios(Row& row, const std::vector<NetworkLatency>& rivals) {
    for (const NetworkLatency& rival : rivals) {
        if (!rival.total || rival.total->accepted == 0 || !row.contains("median_ns")) continue;
        const double ratio = rival.total->nanoseconds.median / row["median_ns"].get<double>();
        const bool is_int8 = rival.arithmetic == Arithmetic::int8;
        row[is_int8 ? "int8_rival" : "f32_rival"] = rival.rival;
        row[is_int8 ? "int8_ratio" : "f32_ratio"] = ratio;
    }
}

std::string obstacle_to_publication(const Row& row) {
    const BuildInfo build = build_info();
    if (build.commit == "unknown" || build.commit.ends_with("-dirty")) return "the program is not that of a commit";
    if (build.build_type != "Release") return "built as " + build.build_type + ", not Release";
    if (row["check"] == "failed") return "its output did not pass the check";
    if (row.contains("samples") && row["samples"] < fewest_samples) return "fewer than 10 undisturbed samples";
    return {};
}

void add_publication(Row& row) {
    const std::string obstacle = obstacle_to_publication(row);
    row["publishable"] = obstacle.empty();
    if (!obstacle.empty()) row["unpublishable_reason"] = obstacle;
}

Row row_of(const DeployedNetwork& deployed, const NetworkLatency* latency, const deploy::LatencyResult* result,
           const deploy::ExecutorOptions& execution) {
    Row row = common_row(deployed.name, execution);
    row["label"] = deployed.label;
    row["variant"] = "dsqbench";
    row["instruction_set"] = name(execution.allowed);
    row["weight_bits"] = deployed.weight_bits;
    row["activation_bits"] = deployed.activation_bits;
    row["command"] = deployed.command;
    const auto& source = deployed.network.source;
    const auto weights = source.find("weights");
    row["weights"] = weights != source.end() && weights->second == "trained" ? "trained" : "random";
    if (const auto hash = source.find("weights_sha256"); hash != source.end()) row["weights_sha256"] = hash->second;
    const deploy::WeightSize low = low_bit_weights(deployed.network), all = all_weights(deployed.network);
    row["low_bit_weight_bytes"] = low.packed + low.epilogue;
    row["low_bit_float_bytes"] = low.as_float;
    row["weight_bytes"] = all.packed + all.epilogue;
    row["file_bytes"] = deployed.file_bytes;
    if (deployed.parity.is_object()) {
        row["integer_top1"] = deployed.parity["integer_top1"];
        row["equal_predictions"] = deployed.parity["equal_percent"];
        row["compared_images"] = deployed.parity["images"];
    }
    const bool parity_fails = deployed.parity.is_object() && deployed.parity.contains("failure");
    row["check"] = parity_fails || (latency != nullptr && !latency->check_passed) ? "failed"
                   : deployed.parity.is_object() || latency != nullptr            ? "passed"
                                                                                  : "skipped";
    if (parity_fails) row["check_reason"] = deployed.parity["failure"];
    if (latency != nullptr) {
        if (!latency->check_passed) row["check_reason"] = "logits differ from those of the baseline kernels";
        add_latency(row, *latency, result->gigahertz);
        add_ratios(row, result->rivals);
    }
    add_publication(row);
    return row;
}

Row row_of(const NetworkLatency& rival, const DeployedNetwork& like, const deploy::LatencyResult& result,
           const deploy::ExecutorOptions& execution) {
    Row row = common_row(like.name, execution);
    const int bits = rival.arithmetic == Arithmetic::f32 ? 32 : 8;
    row["label"] = rival.rival;
    row["variant"] = rival.rival;
    row["implementation"] = rival.version;
    row["weight_bits"] = bits;
    row["activation_bits"] = bits;
    row["weights"] = "constant";
    row["command"] = like.command + " --rivals " + rival.rival;
    row["check"] = "skipped";
    row["check_reason"] = rival.refusal.empty() ? "another library's" : rival.refusal;
    row["weight_bytes"] = rival.weight_bytes;
    add_latency(row, rival, result.gigahertz);
    add_publication(row);
    return row;
}

}  // namespace

std::vector<Row> rows_of(const std::vector<DeployedNetwork>& networks, const deploy::LatencyResult* latency,
                         const deploy::ExecutorOptions& execution) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < networks.size(); ++i)
        rows.push_back(row_of(networks[i], latency == nullptr ? nullptr : &latency->ours[i], latency, execution));
    if (latency != nullptr)
        for (const NetworkLatency& rival : latency->rivals)
            rows.push_back(row_of(rival, networks.front(), *latency, execution));
    return rows;
}

}  // namespace dsqbench
