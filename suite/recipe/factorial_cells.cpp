#include "suite/recipe/factorial_cells.h"

#include <bit>
#include <stdexcept>

namespace dsqbench {

std::vector<Cell> full_factorial(std::size_t factors) {
    if (factors == 0 || factors > most_factors) throw std::logic_error("a design of no or too many factors");
    std::vector<Cell> cells;
    for (Cell cell = 0; cell < Cell{1} << factors; ++cell) cells.push_back(cell);
    return cells;
}

std::vector<Cell> half_factorial(std::size_t factors) {
    if (factors < fewest_factors_to_halve) throw std::logic_error("a half of so few factors has no resolution V");
    std::vector<Cell> half;
    for (const Cell cell : full_factorial(factors))
        if ((static_cast<int>(factors) - std::popcount(cell)) % 2 == 0) half.push_back(cell);
    return half;
}

}  // namespace dsqbench
