// What a row of latency is of: a kernel on a layer, or a whole network.
#pragma once

#include <string>

#include "suite/record/row_line.h"

namespace dsqbench {

// Those fields of a line, of a row of kind "kernel" or "network", that the functions below look at: cheaper than all.
Row latency_fields(const RowLine& line, const std::string& kind);

bool is_ours(const Row& row);  // false for another library's

// Its fields that make two rows the same case, whatever the commit; a network that was trained again stays the same.
Row latency_case(const Row& row);

// "resnet18 stage1 avx2/dictionary W2A2, 1 thread, warm, amd-epyc-2c"
std::string latency_name(const Row& row);
// The same without what a group of cases has in common: "stage1 avx2/dictionary", "W2A2, 1 thread, warm".
std::string subject_of_latency(const Row& row);
std::string setting_of_latency(const Row& row);

}  // namespace dsqbench
