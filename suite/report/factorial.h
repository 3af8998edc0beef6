// What was measured in a two-level factorial design.
#pragma once

#include <cstddef>
#include <vector>

#include "suite/recipe/factorial_cells.h"

namespace dsqbench {

// Every cell has a value for every seed, and a seed means the same initial weights, data order and augmentation in all
// of them: seeds are blocks.
struct Factorial {
    std::size_t factors = 0;
    std::vector<Cell> cells;                  // ascending
    std::vector<std::vector<double>> values;  // [cell][seed]

    std::size_t seeds() const { return values.empty() ? 0 : values.front().size(); }
    bool is_full() const { return cells.size() == std::size_t{1} << factors; }
};

// Throws std::logic_error unless the cells are all or the half of them, each with one finite value a seed.
void require_balanced(const Factorial& study);

}  // namespace dsqbench
