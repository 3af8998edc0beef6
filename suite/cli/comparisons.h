// Prints comparisons of contenders; `run` and `show results` share it.
#pragma once

#include <vector>

#include "suite/cli/verb.h"
#include "suite/report/comparison.h"

namespace dsqbench {

enum class TableFormat { terminal, markdown };

// One table a comparison, or with --json one array.
void print_comparisons(const std::vector<Comparison>& comparisons, TableFormat format, const Session& session);

}  // namespace dsqbench
