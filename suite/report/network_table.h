// Whole networks, a line each: latency beside size and accuracy; and the time of every step.
#pragma once

#include <vector>

#include "suite/record/row.h"
#include "suite/report/text_table.h"

namespace dsqbench {

// `rows`: of kind "network".
TextTable network_table(const std::vector<Row>& rows);

// A line a step, a column a row; steps of the same name stand in one line.
TextTable step_table(const std::vector<Row>& rows);

}  // namespace dsqbench
