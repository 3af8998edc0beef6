#include "suite/report/kernel_goals.h"

#include <gtest/gtest.h>

#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

ShapeList two_layers() {
    return parse_shape_list(R"(description = "d"
[layers.a]
input = [8, 8, 8]
out_channels = 8
goal = true
[layers.b]
input = [8, 8, 8]
out_channels = 8
goal = true
[layers.c]
input = [8, 8, 8]
out_channels = 8
[goals.w2a2]
against_int8 = 2.5
each_against_int8 = 2.0
loop_roof = 80
[goals.w4a4]
against_f32 = 2
)",
                            "list", "list.toml");
}

Row measured(const std::string& layer, double median_ns, double int8_ratio) {
    Row row = sample_kernel_row("avx2/dictionary", median_ns);
    row["layer"] = layer;
    row["instruction_set"] = "avx2";
    row["int8_ratio"] = int8_ratio;
    return row;
}

TEST(KernelGoals, are_geometric_means_and_the_slowest_layer) {
    const auto lines = judge_goals(two_layers(), {measured("a", 100, 2.0), measured("b", 100, 4.5)});
    ASSERT_EQ(lines.size(), 3u);  // nothing of W4A4, which has no rows
    EXPECT_EQ(lines[0].bits, "W2A2");
    EXPECT_DOUBLE_EQ(*lines[0].figure, 3.0);
    EXPECT_TRUE(lines[0].met());
    EXPECT_DOUBLE_EQ(*lines[1].figure, 2.0);
    EXPECT_TRUE(lines[1].met());
    EXPECT_FALSE(lines[2].figure);  // no row has a roof
    EXPECT_FALSE(lines[2].met());
}

TEST(KernelGoals, take_the_fastest_kernel_of_a_layer) {
    const auto lines =
        judge_goals(two_layers(), {measured("a", 100, 2.0), measured("a", 50, 4.0), measured("b", 100, 1.0)});
    EXPECT_DOUBLE_EQ(*lines[0].figure, 2.0);
    EXPECT_DOUBLE_EQ(*lines[1].figure, 1.0);
    EXPECT_FALSE(lines[1].met());
}

TEST(KernelGoals, have_no_figure_when_a_layer_is_missing) {
    const auto lines = judge_goals(two_layers(), {measured("a", 100, 9.0), measured("c", 100, 9.0)});
    EXPECT_FALSE(lines[0].figure);
    EXPECT_NE(goal_table(lines, kernel_goals_heading).aligned().find("not measured"), std::string::npos);
}

TEST(KernelGoals, pass_over_rivals_and_what_did_not_run) {
    Row rival = measured("b", 10, 9.0);
    rival.erase("instruction_set");
    Row skipped = measured("b", 10, 9.0);
    skipped.erase("median_ns");
    EXPECT_FALSE(judge_goals(two_layers(), {measured("a", 100, 9.0), rival, skipped})[0].figure);
}

TEST(KernelGoals, are_about_one_thread) {
    Row pair = measured("b", 10, 9.0);
    pair["threads"] = 2;
    EXPECT_FALSE(judge_goals(two_layers(), {measured("a", 100, 9.0), pair})[0].figure);
    EXPECT_TRUE(judge_goals(two_layers(), {pair}).empty());
}

}  // namespace
}  // namespace dsqbench
