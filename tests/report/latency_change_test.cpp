#include "suite/report/latency_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

// Times of stage1, stage2, ... of one commit.
std::vector<Row> kernels(const std::vector<double>& nanoseconds) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < nanoseconds.size(); ++i) {
        rows.push_back(sample_kernel_row("avx2/dictionary", nanoseconds[i]));
        rows.back()["layer"] = "stage" + std::to_string(i + 1);
    }
    return rows;
}

TEST(LatencyChange, is_the_geometric_mean_over_cases_with_an_interval) {
    const auto changes = compare_latencies(kernels({1e6, 2e6, 4e6}), kernels({1.1e6, 2.4e6, 4.2e6}));
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].count, 3u);
    EXPECT_NEAR(changes[0].ratio, std::cbrt(1.1 * 1.2 * 1.05), 1e-12);
    ASSERT_TRUE(changes[0].confidence);
    EXPECT_LT(changes[0].confidence->low, changes[0].ratio);
    EXPECT_NEAR(changes[0].slowest_ratio, 1.2, 1e-12);
    EXPECT_EQ(changes[0].slowest, "stage2 avx2/dictionary W2A2, 1 thread, warm");
}

TEST(LatencyChange, says_slower_faster_or_neither) {
    const std::vector<double> before{1e6, 2e6, 4e6, 8e6};
    const auto table = [&](const std::vector<double>& after) {
        return format_table(compare_latencies(kernels(before), kernels(after)));
    };
    EXPECT_THAT(table({1.3e6, 2.7e6, 5.2e6, 10.5e6}), HasSubstr("slower"));
    EXPECT_THAT(table({0.7e6, 1.5e6, 2.9e6, 5.5e6}), HasSubstr("faster"));
    EXPECT_THAT(table({1.01e6, 1.98e6, 4.04e6, 7.95e6}), HasSubstr("no difference shown"));
    EXPECT_THAT(format_table(compare_latencies(kernels({1e6}), kernels({2e6}))), HasSubstr("not tested"));
}

TEST(LatencyChange, pairs_machines_and_takes_the_newest_row) {
    auto a = kernels({1e6, 2e6}), b = kernels({9e6, 9e6});
    for (Row row : kernels({2e6, 4e6})) {
        row["time"] = "2026-11-24T00:00:00Z";
        b.push_back(row);
    }
    for (Row& row : b) {
        row["machine"] = "other-board";
        row["processor"] = "another";
    }
    const auto changes = compare_latencies(a, b);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_NEAR(changes[0].ratio, 2, 1e-12);
    EXPECT_THAT(format_table(changes), HasSubstr("measured on different machines"));
}

TEST(LatencyChange, counts_no_rival_and_nothing_that_is_not_published_or_not_measured) {
    for (const auto& [field, value] :
         std::map<std::string, Row>{{"instruction_set", nullptr}, {"publishable", false}, {"method", "counted"}}) {
        auto rows = kernels({1e6, 2e6});
        for (Row& row : rows) row[field] = value;
        EXPECT_TRUE(compare_latencies(rows, rows).empty()) << field;
    }
    EXPECT_TRUE(compare_latencies(kernels({1e6}), {sample_network_row()}).empty());
    EXPECT_EQ(compare_latencies({sample_network_row()}, {sample_network_row()}).at(0).kind, "network");
}

}  // namespace
}  // namespace dsqbench
