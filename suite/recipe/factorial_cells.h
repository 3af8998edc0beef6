// The cells of two-level factorial designs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dsqbench {

// The factors that are at their new level: factor j is bit j.
using Cell = std::uint32_t;

inline constexpr std::size_t most_factors = 10;  // 1,024 cells; exact Shapley values take 2^k steps a factor
inline constexpr std::size_t fewest_factors_to_halve = 5;

// All 2^k cells. std::logic_error for no or too many factors.
std::vector<Cell> full_factorial(std::size_t factors);

// The half of them in which the product of all factors, at -1 and +1, is +1: of resolution k, so for k >= 5 main
// effects and interactions of two factors are estimated apart from each other (Box, Hunter and Hunter, "Statistics for
// Experimenters", 2nd edition 2005, chapter 6). Holds the cell in which all factors are new; std::logic_error for k
// < 5.
std::vector<Cell> half_factorial(std::size_t factors);

}  // namespace dsqbench
