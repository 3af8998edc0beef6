#include "suite/report/throughput.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace dsqbench {
namespace {

Throughput preparation(std::vector<double> seconds) {
    Throughput measured;
    measured.workload = "image preparation";
    measured.input = "imagenet, 100 images";
    measured.unit = "images/s";
    measured.units = 100;
    measured.clock = Throughput::Clock::processor;
    measured.command = "scripts/compare_loader";
    measured.seconds = std::move(seconds);
    return measured;
}

// As the caller completes it.
Row whole(Row row) {
    row["publishable"] = true;
    return complete_row(row);
}

TEST(Throughput, of_nobody_else_is_one_row_that_the_store_accepts) {
    const auto rows = throughput_rows(preparation({1, 0.5, 2}), {});
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_NO_THROW(check_row(whole(rows[0]), "test"));
    EXPECT_EQ(rows[0]["rate"], 100);
    EXPECT_EQ(rows[0]["rate_lowest"], 50);
    EXPECT_EQ(rows[0]["rate_highest"], 200);
    EXPECT_EQ(rows[0]["rounds"], 3);
    EXPECT_EQ(rows[0]["clock"], "processor");
    EXPECT_FALSE(rows[0].contains("rival"));
}

// A machine that becomes twice as slow in the last round changes no ratio, but would change that of the medians.
TEST(Throughput, takes_ratios_within_a_round) {
    const auto rows = throughput_rows(preparation({1, 1, 2, 4}), {{"pillow", {1.5, 1.5, 3, 6}}});
    EXPECT_EQ(rows[0]["rival_ratio"], 1.5);
    EXPECT_EQ(rows[0]["rival_ratio_lowest"], 1.5);
    EXPECT_EQ(rows[0]["rival_ratio_highest"], 1.5);
}

TEST(Throughput, has_a_row_for_each_rival) {
    const auto rows = throughput_rows(preparation({1, 1, 1}), {{"pillow", {1.5, 1.4, 1.7}}, {"draft", {0.5, 2, 1}}});
    ASSERT_EQ(rows.size(), 2u);
    for (const Row& row : rows) EXPECT_NO_THROW(check_row(whole(row), "test"));
    EXPECT_EQ(rows[0]["rival"], "pillow");
    EXPECT_EQ(rows[0]["rival_ratio_lowest"], 1.4);
    EXPECT_EQ(rows[0]["rival_ratio_highest"], 1.7);
    EXPECT_EQ(rows[1]["rival_ratio"], 1);
    EXPECT_EQ(rows[1]["rival_rate"], 100);
}

TEST(Throughput, refuses_what_was_not_measured) {
    EXPECT_THROW(throughput_rows(preparation({}), {}), std::logic_error);
    EXPECT_THROW(throughput_rows(preparation({1, 0}), {}), std::logic_error);
    EXPECT_THROW(throughput_rows(preparation({1, 2}), {{"pillow", {1}}}), std::logic_error);
    EXPECT_THROW(throughput_rows(preparation({1}), {{"pillow", {0}}}), std::logic_error);
}

TEST(Throughput, tells_a_reader_both_rates_and_the_ratio) {
    const std::string table =
        throughput_table(throughput_rows(preparation({1, 0.5, 2}), {{"pillow", {2, 1, 4}}})).aligned();
    EXPECT_THAT(table, testing::HasSubstr("100.0 [50.0, 200.0]"));
    EXPECT_THAT(table, testing::HasSubstr("pillow"));
    EXPECT_THAT(table, testing::HasSubstr("2.000 [2.000, 2.000]"));
}

}  // namespace
}  // namespace dsqbench
