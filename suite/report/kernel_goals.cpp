#include "suite/report/kernel_goals.h"

#include <algorithm>
#include <cmath>

#include "suite/report/kernel_table.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

bool is_of(const Row& row, const KernelGoal& goal) {
    // Rivals have no instruction set of ours. The goals are about one thread.
    return row.value("threads", 1) == 1 && row.at("weight_bits") == goal.weight_bits &&
           row.at("activation_bits") == goal.activation_bits && !text_of(row, "instruction_set").empty() &&
           row.contains("median_ns") && row.at("median_ns").is_number();
}

// The fastest row of each layer that the goals are about; empty where one is missing.
std::vector<const Row*> rows_of(const ShapeList& list, const KernelGoal& goal, const std::vector<Row>& rows) {
    std::vector<const Row*> found;
    for (const LayerShape& layer : list.layers) {
        if (!layer.goal) continue;
        const Row* best = nullptr;
        for (const Row& row : rows)
            if (text_of(row, "layer") == layer.name && is_of(row, goal) &&
                (best == nullptr || row.at("median_ns") < best->at("median_ns")))
                best = &row;
        if (best == nullptr) return {};
        found.push_back(best);
    }
    return found;
}

std::vector<double> values_of(const std::vector<const Row*>& rows, const std::string& field) {
    std::vector<double> values;
    for (const Row* row : rows)
        if (row->contains(field) && row->at(field).is_number()) values.push_back(row->at(field).get<double>());
    return values.size() == rows.size() ? values : std::vector<double>();
}

std::optional<double> geometric_mean(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    double sum = 0;
    for (const double value : values) sum += std::log(value);
    return std::exp(sum / static_cast<double>(values.size()));
}

std::optional<double> smallest(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return *std::min_element(values.begin(), values.end());
}

void judge(const ShapeList& list, const KernelGoal& goal, const std::vector<Row>& rows, std::vector<GoalLine>& lines) {
    const auto measured = rows_of(list, goal, rows);
    const std::string bits = bits_text({{"weight_bits", goal.weight_bits}, {"activation_bits", goal.activation_bits}});
    const auto add = [&](const std::string& quantity, const std::optional<double>& wanted,
                         const std::optional<double>& figure) {
        if (wanted) lines.push_back({bits, quantity, *wanted, figure});
    };
    add("times int8 convolution", goal.against_int8, geometric_mean(values_of(measured, "int8_ratio")));
    add("the same, slowest layer", goal.each_against_int8, smallest(values_of(measured, "int8_ratio")));
    add("times f32 convolution", goal.against_f32, geometric_mean(values_of(measured, "f32_ratio")));
    add("% of the loop's roof", goal.loop_roof, geometric_mean(values_of(measured, "loop_roof")));
}

}  // namespace

std::vector<GoalLine> judge_goals(const ShapeList& list, const std::vector<Row>& rows) {
    std::vector<GoalLine> lines;
    for (const KernelGoal& goal : list.goals)
        if (std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return is_of(row, goal); }))
            judge(list, goal, rows, lines);
    return lines;
}

TextTable goal_table(const std::vector<GoalLine>& lines, const std::string& heading) {
    TextTable table;
    table.add_column("bits").add_column(heading);
    table.add_column("goal", TextTable::Align::right).add_column("figure", TextTable::Align::right);
    table.add_column("");
    for (const GoalLine& line : lines)
        table.add_row({line.bits, line.quantity, number_text(line.goal, 2), number_text(line.figure, 2),
                       !line.figure ? "not measured"
                       : line.met() ? "met"
                                    : "missed"});
    return table;
}

nlohmann::json to_json(const std::vector<GoalLine>& lines) {
    nlohmann::json list = nlohmann::json::array();
    for (const GoalLine& line : lines) {
        nlohmann::json entry{
            {"bits", line.bits}, {"quantity", line.quantity}, {"goal", line.goal}, {"met", line.met()}};
        entry["figure"] = line.figure ? nlohmann::json(*line.figure) : nlohmann::json();
        list.push_back(entry);
    }
    return list;
}

}  // namespace dsqbench
