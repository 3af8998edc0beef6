#include "suite/cli/bench_rows.h"

#include <fmt/format.h>

#include "kernels/bench/processor.h"
#include "suite/cli/timing_rows.h"

namespace dsqbench {

namespace {

// oneDNN's convolutions do what ours do: packed weights in, padding included, requantized out.
constexpr const char* int8_rival = "onednn/convolution_u8s8";
constexpr const char* f32_rival = "onednn/convolution_f32";

Row common_row(const RowContext& context) {
    Row row{{"kind", "kernel"},
            {"network", context.network},
            {"layer", context.layer},
            {"shape", shape_text(context.shape)},
            {"method", "measured"},
            {"processor", processor_name()},
            {"threads", context.threads},
            {"cache", context.cache == Cache::warm ? "warm" : "cold"},
            {"nominal_macs", context.shape.nominal_macs()},
            {"real_macs", real_macs(context.shape)}};
    if (!context.held_to.empty()) row["held_to"] = context.held_to;
    return row;
}

void add_speed(Row& row, const Timing& timing, double gigahertz) {
    add_timing(row, timing, gigahertz);
    const double macs = row["nominal_macs"].get<double>(), median = timing.nanoseconds.median;
    row["gigaops"] = 2 * macs / median;
    if (gigahertz > 0) row["macs_per_cycle"] = macs / (median * gigahertz);
}

void add_efficiency(Row& row, const Timing& timing, const std::optional<Timing>& one_thread, int threads) {
    if (!one_thread || one_thread->accepted == 0 || timing.accepted == 0) return;
    row["thread_efficiency"] = 100 * one_thread->nanoseconds.median / (timing.nanoseconds.median * threads);
}

void add_ratio(Row& row, const char* rival_field, const char* ratio_field, const std::string& rival, double ratio) {
    row[rival_field] = rival;
    row[ratio_field] = ratio;
}

void add_ratios(Row& row, const std::vector<RivalResult>& rivals) {
    Row ratios = Row::object();
    for (const RivalResult& rival : rivals) {
        if (!rival.timing || rival.timing->accepted == 0) continue;
        const double ratio = rival.timing->nanoseconds.median / row["median_ns"].get<double>();
        ratios[rival.name] = ratio;
        if (rival.name == int8_rival) add_ratio(row, "int8_rival", "int8_ratio", rival.name, ratio);
        if (rival.name == f32_rival) add_ratio(row, "f32_rival", "f32_ratio", rival.name, ratio);
    }
    if (!ratios.empty()) row["rival_ratios"] = ratios.dump();
}

// Of as many cores as there are threads.
void add_roofs(Row& row, const Roofs& roofs, int threads) {
    if (!row.contains("macs_per_cycle")) return;
    const double reached = row["macs_per_cycle"].get<double>() / threads;
    if (roofs.table) row["table_roof"] = 100 * reached / *roofs.table;
    if (roofs.loop) row["loop_roof"] = 100 * reached / *roofs.loop;
}

Row row_of(const KernelResult& kernel, const LayerResult& result, const RowContext& context) {
    Row row = common_row(context);
    row["variant"] = kernel.variant;
    row["instruction_set"] = name(kernel.needs);
    row["weight_bits"] = kernel.bits.weights;
    row["activation_bits"] = kernel.bits.activations;
    row["check"] = name_of(kernel.check.status);
    if (!kernel.check.reason.empty()) row["check_reason"] = kernel.check.reason;
    row["command"] = fmt::format("{} --bits {}/{} --kernel {}", context.command, kernel.bits.weights,
                                 kernel.bits.activations, kernel.variant);
    if (kernel.timing) {
        add_speed(row, *kernel.timing, result.gigahertz);
        add_efficiency(row, *kernel.timing, kernel.one_thread, context.threads);
        add_ratios(row, result.rivals);
        add_roofs(row, kernel.roofs, context.threads);
    }
    const std::string unchecked = row["check"] == "passed" ? "" : "its output did not pass the check";
    add_publication(row, {build_obstacle(), unchecked, timing_obstacle(row)});
    return row;
}

Row row_of(const RivalResult& rival, const LayerResult& result, const RowContext& context) {
    Row row = common_row(context);
    const int bits = rival.arithmetic == Arithmetic::f32 ? 32 : 8;
    row["variant"] = rival.name;
    if (!rival.implementation.empty()) row["implementation"] = rival.implementation;
    row["weight_bits"] = bits;
    row["activation_bits"] = bits;
    row["check"] = "skipped";
    row["check_reason"] = rival.refusal.empty() ? "another library's" : rival.refusal;
    row["command"] = fmt::format("{} --rivals {}", context.command, rival.name);
    if (rival.timing) {
        add_speed(row, *rival.timing, result.gigahertz);
        add_efficiency(row, *rival.timing, rival.one_thread, context.threads);
    }
    add_publication(row, {build_obstacle(), timing_obstacle(row)});
    return row;
}

}  // namespace

std::vector<Row> rows_of(const LayerResult& result, const RowContext& context) {
    std::vector<Row> rows;
    for (const KernelResult& kernel : result.kernels) rows.push_back(row_of(kernel, result, context));
    for (const RivalResult& rival : result.rivals) rows.push_back(row_of(rival, result, context));
    return rows;
}

}  // namespace dsqbench
