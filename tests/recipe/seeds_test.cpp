#include <gtest/gtest.h>

#include "suite/recipe/matrix.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Seeds = std::vector<std::uint64_t>;

TEST(Seeds, are_a_range_or_a_list) {
    EXPECT_EQ(parse_seeds("0..4"), (Seeds{0, 1, 2, 3, 4}));
    EXPECT_EQ(parse_seeds("1,3"), (Seeds{1, 3}));
    EXPECT_EQ(parse_seeds("7"), Seeds{7});
    EXPECT_EQ(parse_seeds("0..1, 5"), (Seeds{0, 1, 5}));
    EXPECT_EQ(parse_seeds("18446744073709551615"), Seeds{18446744073709551615ULL});
}

TEST(Seeds, refuse_everything_else) {
    for (const char* text : {"", ",", "a", "-1", "1.5", "3..1", "..", "1..", "1,1", "0..2,1", "0..99999999999", "1...3",
                             "1 2", "18446744073709551616", "0..18446744073709551615"})
        EXPECT_EQ(refusal_of([&] { parse_seeds(text); }).code(), ExitCode::usage) << text;
}

}  // namespace
}  // namespace dsqbench
