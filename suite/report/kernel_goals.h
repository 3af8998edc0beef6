// What a shape list wants of kernels beside what rows say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "suite/recipe/shape_list.h"
#include "suite/record/row.h"
#include "suite/report/text_table.h"

namespace dsqbench {

struct GoalLine {
    std::string bits;      // "W2A2"
    std::string quantity;  // "times int8 convolution": which rivals, the rows say
    double goal = 0;
    std::optional<double> figure;  // unset where a layer or the rival is missing

    bool met() const { return figure && *figure >= goal; }
};

// Goals of the bits that occur in `rows`. Of several kernels for a layer, the fastest counts.
std::vector<GoalLine> judge_goals(const ShapeList& list, const std::vector<Row>& rows);

// `heading`: what the figures are of.
TextTable goal_table(const std::vector<GoalLine>& lines, const std::string& heading);

constexpr const char* kernel_goals_heading = "goal, geometric mean of the layers";
nlohmann::json to_json(const std::vector<GoalLine>& lines);

}  // namespace dsqbench
