#include "suite/report/network_goals.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

Row network_row(int bits, double int8_ratio, double f32_ratio) {
    return {{"network", "resnet18"},
            {"variant", "dsqbench"},
            {"batch", 1},
            {"threads", 1},
            {"weight_bits", bits},
            {"activation_bits", bits},
            {"median_ns", 1e9 / f32_ratio},
            {"int8_ratio", int8_ratio},
            {"f32_ratio", f32_ratio},
            {"low_bit_weight_bytes", 100 * bits},
            {"low_bit_float_bytes", 3000}};
}

TEST(NetworkGoals, are_judged_for_the_bits_that_were_measured) {
    const auto lines = judge_network_goals({network_row(2, 2.3, 4.4), network_row(3, 1.0, 1.0)});
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].bits, "W2A2");
    EXPECT_TRUE(lines[0].met());
    EXPECT_FALSE(lines[1].met()) << "4.4 of 4.5";
    EXPECT_DOUBLE_EQ(*lines[2].figure, 15.0);
    EXPECT_TRUE(lines[2].met());
}

TEST(NetworkGoals, say_where_the_rival_did_not_run) {
    Row row = network_row(4, 0, 9.0);
    row.erase("int8_ratio");
    const auto lines = judge_network_goals({row});
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_FALSE(lines[0].figure.has_value());
}

TEST(NetworkGoals, are_of_one_thread_batch_1_and_our_own_network) {
    for (const auto& [field, value] : {std::pair<const char*, Row>{"batch", 2},
                                       {"threads", 2},
                                       {"variant", "onednn"},
                                       {"network", "resnet20"},
                                       {"median_ns", nullptr}}) {
        Row row = network_row(1, 9.0, 9.0);
        row[field] = value;
        EXPECT_TRUE(judge_network_goals({row}).empty()) << field;
    }
}

TEST(NetworkGoals, count_the_fastest_of_several_rows) {
    const auto lines = judge_network_goals({network_row(1, 1, 5.0), network_row(1, 1, 7.0), network_row(1, 1, 6.5)});
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_DOUBLE_EQ(*lines[0].figure, 7.0);
}

}  // namespace
}  // namespace dsqbench
