#include "suite/report/network_goals.h"

#include <algorithm>

#include "suite/report/kernel_table.h"

namespace dsqbench {

namespace {

struct NetworkGoal {
    int bits;  // of weights and activations; the first and the last layer have 8
    std::optional<double> against_int8, against_f32, smaller;
};

// Half and more of what the layers alone are to reach (recipes/kernels/resnet18.toml): images, the two 8-bit layers and
// pools are not faster at fewer bits. Of two bits a sixteenth would be all, scales and thresholds are the rest.
const std::vector<NetworkGoal>& network_goals() {
    static const std::vector<NetworkGoal> goals{
        {1, {}, 6.0, {}},
        {2, 2.2, 4.5, 14.0},
        {4, 1.6, {}, {}},
    };
    return goals;
}

bool is_of(const Row& row, const NetworkGoal& goal) {
    return text_of(row, "network") == "resnet18" && text_of(row, "variant") == "dsqbench" && row.at("batch") == 1 &&
           row.at("threads") == 1 && row.at("weight_bits") == goal.bits && row.at("activation_bits") == goal.bits &&
           row.contains("median_ns") && row.at("median_ns").is_number();
}

std::optional<double> shrinkage(const Row& row) {
    const auto packed = real_of(row, "low_bit_weight_bytes"), floats = real_of(row, "low_bit_float_bytes");
    if (!packed || !floats || *packed == 0) return std::nullopt;
    return *floats / *packed;
}

}  // namespace

std::vector<GoalLine> judge_network_goals(const std::vector<Row>& rows) {
    std::vector<GoalLine> lines;
    for (const NetworkGoal& goal : network_goals()) {
        const Row* best = nullptr;
        for (const Row& row : rows)
            if (is_of(row, goal) && (best == nullptr || row.at("median_ns") < best->at("median_ns"))) best = &row;
        if (best == nullptr) continue;
        const auto add = [&](const char* quantity, const std::optional<double>& wanted, std::optional<double> figure) {
            if (wanted) lines.push_back({bits_text(*best), quantity, *wanted, figure});
        };
        add("times the int8 network", goal.against_int8, real_of(*best, "int8_ratio"));
        add("times the f32 network", goal.against_f32, real_of(*best, "f32_ratio"));
        add("times smaller than f32, layers below 8 bits", goal.smaller, shrinkage(*best));
    }
    return lines;
}

}  // namespace dsqbench
