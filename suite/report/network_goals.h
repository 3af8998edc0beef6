// What is wanted of a whole ResNet-18 beside what rows say: one thread, batch 1, against the rivals of the same run.
#pragma once

#include <vector>

#include "suite/report/kernel_goals.h"

namespace dsqbench {

// `rows`: of kind "network". Goals of the bits that occur in them; of several rows of the same bits the fastest counts.
std::vector<GoalLine> judge_network_goals(const std::vector<Row>& rows);

}  // namespace dsqbench
