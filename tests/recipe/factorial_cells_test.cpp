#include "suite/recipe/factorial_cells.h"

#include <gtest/gtest.h>

#include <bit>
#include <stdexcept>

namespace dsqbench {
namespace {

TEST(FactorialCells, full_has_every_cell_once) {
    EXPECT_EQ(full_factorial(2), (std::vector<Cell>{0, 1, 2, 3}));
    EXPECT_EQ(full_factorial(5).size(), 32u);
    EXPECT_THROW(full_factorial(0), std::logic_error);
    EXPECT_THROW(full_factorial(most_factors + 1), std::logic_error);
}

TEST(FactorialCells, half_shows_every_four_factors_in_all_combinations) {
    for (const std::size_t factors : {5u, 6u, 7u}) {
        const auto half = half_factorial(factors);
        EXPECT_EQ(half.size(), std::size_t{1} << (factors - 1));
        EXPECT_EQ(half.back(), (Cell{1} << factors) - 1) << "the cell with everything new";
        // Resolution V is strength 4 (Rao 1947).
        for (Cell four = 0; four < Cell{1} << factors; ++four) {
            if (std::popcount(four) != 4) continue;
            std::vector<int> seen(std::size_t{1} << factors, 0);
            for (const Cell cell : half) ++seen[cell & four];
            for (Cell pattern = 0; pattern < seen.size(); ++pattern)
                if ((pattern & ~four) == 0) {
                    EXPECT_EQ(seen[pattern], 1 << (factors - 5)) << factors << " " << four;
                }
        }
    }
    EXPECT_THROW(half_factorial(4), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
