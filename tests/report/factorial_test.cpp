#include "suite/report/factorial.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

namespace dsqbench {
namespace {

TEST(Factorial, is_balanced_when_every_cell_has_every_seed) {
    EXPECT_NO_THROW(require_balanced({1, {0, 1}, {{1, 2}, {3, 4}}}));
    EXPECT_THROW(require_balanced({1, {0, 1}, {{1, 2}, {3}}}), std::logic_error);
    EXPECT_THROW(require_balanced({1, {0, 1}, {{}, {}}}), std::logic_error);
    EXPECT_THROW(require_balanced({1, {0, 1}, {{1, 2}}}), std::logic_error);
    EXPECT_THROW(require_balanced({1, {1, 0}, {{1}, {2}}}), std::logic_error);
    EXPECT_THROW(require_balanced({1, {0, 1}, {{1}, {std::numeric_limits<double>::quiet_NaN()}}}), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
