#include "suite/report/regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/record/sample_row.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

std::vector<Row> rows_of(const std::string& label, const std::vector<double>& top1, std::uint64_t first_seed = 0) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < top1.size(); ++i) rows.push_back(sample_row(label, first_seed + i, top1[i]));
    return rows;
}

std::vector<Row> operator+(std::vector<Row> a, const std::vector<Row>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

MetricChange top1_change(const std::vector<Row>& a, const std::vector<Row>& b) {
    return compare_results(a, b, {"top1"}).changes.at(0);
}

const std::vector<double> before{87.0, 88.0, 89.0, 88.5, 87.5};
const std::vector<double> worse{86.0, 87.1, 88.0, 87.4, 86.6};

TEST(Regression, is_found_where_accuracy_fell_in_every_seed) {
    const auto change = top1_change(rows_of("dsq", before), rows_of("dsq", worse));
    EXPECT_EQ(change.test, TestKind::paired_t);
    EXPECT_NEAR(change.difference->estimate, -0.98, 1e-9);
    EXPECT_LT(*change.difference->p_value, 0.001);
    EXPECT_TRUE(change.worse && change.regression);
}

TEST(Regression, is_no_improvement) {
    const auto change = top1_change(rows_of("dsq", worse), rows_of("dsq", before));
    EXPECT_TRUE(change.better);
    EXPECT_FALSE(change.regression);
}

TEST(Regression, is_not_claimed_from_noise) {
    const auto change = top1_change(rows_of("dsq", before), rows_of("dsq", {87.4, 87.8, 88.7, 88.9, 87.1}));
    EXPECT_GT(*change.difference->p_value, 0.05);
    EXPECT_FALSE(change.better || change.worse || change.regression);
}

// The same numbers: pairing by seed sees what two independent samples hide.
TEST(Regression, uses_Welch_where_the_seeds_differ) {
    const auto change = top1_change(rows_of("dsq", before), rows_of("dsq", worse, 100));
    EXPECT_EQ(change.test, TestKind::welch_t);
    EXPECT_DOUBLE_EQ(*change.difference->p_value, *welch_difference(worse, before).p_value);
    EXPECT_FALSE(change.regression);
}

TEST(Regression, cannot_be_tested_with_one_seed) {
    const auto report = compare_results(rows_of("dsq", {88}), rows_of("dsq", {50}), {"top1"});
    EXPECT_EQ(report.changes[0].test, TestKind::none);
    EXPECT_FALSE(report.regression());
    EXPECT_THAT(format_table(report), testing::HasSubstr("a single seed cannot be tested"));
}

// No spread is no reason to doubt: Student's t is not defined, and every seed says the same.
TEST(Regression, by_the_same_amount_in_every_seed_needs_no_test) {
    std::vector<double> lowered = before;
    for (double& top1 : lowered) top1 -= 20;
    const auto report = compare_results(rows_of("dsq", before), rows_of("dsq", lowered), {"top1"});
    EXPECT_EQ(report.changes[0].test, TestKind::unanimous);
    EXPECT_FALSE(report.changes[0].difference->p_value);
    EXPECT_TRUE(report.regression());
    EXPECT_THAT(format_table(report), testing::HasSubstr("[−20.00, −20.00]"));
    EXPECT_TRUE(top1_change(rows_of("dsq", lowered), rows_of("dsq", before)).better);
    EXPECT_TRUE(top1_change(rows_of("dsq", {87, 87, 87}), rows_of("dsq", {67, 67, 67}, 100)).regression)
        << "other seeds, all alike on either side";
}

TEST(Regression, is_not_made_of_rounding) {
    const auto change = top1_change(rows_of("dsq", {87.3, 87.3, 87.3}), rows_of("dsq", {87.3, 87.3, 87.3, 87.3, 87.3}));
    EXPECT_EQ(change.difference->estimate, 0);
    EXPECT_FALSE(change.better || change.worse);
}

TEST(Regression, of_unpublishable_rows_is_shown_but_does_not_count) {
    auto b = rows_of("dsq", worse);
    b[2]["publishable"] = false;
    const auto change = top1_change(rows_of("dsq", before), b);
    EXPECT_TRUE(change.worse);
    EXPECT_FALSE(change.regression);
}

TEST(Regression, is_a_seed_that_stopped_converging) {
    auto b = rows_of("dsq", before);
    b[3]["outcome"] = "not converged";
    b[3].erase("top1");
    const auto change = top1_change(rows_of("dsq", before), b);
    EXPECT_THAT(change.notes, testing::Contains("stopped converging: seed 3"));
    EXPECT_TRUE(change.regression);
    for (auto& row : b) row["outcome"] = "not converged";
    EXPECT_TRUE(top1_change(rows_of("dsq", before), b).regression);
    EXPECT_FALSE(top1_change(b, rows_of("dsq", before)).regression);
}

TEST(Regression, of_speed_is_reported_and_does_not_count) {
    auto a = rows_of("dsq", before), b = a;
    for (std::size_t i = 0; i < b.size(); ++i) {
        a[i]["images_per_second"] = 1600.0 + static_cast<double>(i);
        b[i]["images_per_second"] = 800.0;
        b[i]["machine"] = "slow-board";
    }
    const auto report = compare_results(a, b, {"images_per_second"});
    EXPECT_TRUE(report.changes[0].worse);
    EXPECT_FALSE(report.regression());
    EXPECT_THAT(report.changes[0].notes, testing::Contains("measured on different machines"));
}

TEST(Regression, has_no_mean_speed_of_two_machines) {
    auto a = rows_of("dsq", before), b = a;
    b[1]["machine"] = "slow-board";
    const auto change = compare_results(a, b, {"images_per_second"}).changes[0];
    EXPECT_FALSE(change.mean_b);
    EXPECT_FALSE(change.difference);
    EXPECT_THAT(change.notes, testing::ElementsAre(testing::HasSubstr("of several machines")));
}

TEST(Regression, of_a_loss_is_a_rise) {
    auto a = rows_of("dsq", before), b = a;
    for (std::size_t i = 0; i < b.size(); ++i) {
        a[i]["loss"] = 0.5 + 0.01 * static_cast<double>(i);
        b[i]["loss"] = 0.7;
    }
    EXPECT_TRUE(compare_results(a, b, {"loss"}).regression());
    EXPECT_FALSE(compare_results(b, a, {"loss"}).regression());
}

TEST(Regression, compares_label_by_label_and_names_the_rest) {
    const auto report =
        compare_results(rows_of("ste", before) + rows_of("dsq", before) + rows_of("pact", before),
                        rows_of("dsq", worse) + rows_of("ste", before) + rows_of("dorefa", before), {"top1"});
    ASSERT_EQ(report.changes.size(), 2u);
    EXPECT_FALSE(report.changes[0].regression);
    EXPECT_EQ(report.changes[0].test, TestKind::unanimous);
    EXPECT_THAT(format_table(report), testing::HasSubstr("equal"));
    EXPECT_TRUE(report.changes[1].regression);
    EXPECT_EQ(report.only_in_a, std::vector<std::string>{"pact"});
    EXPECT_EQ(report.only_in_b, std::vector<std::string>{"dorefa"});
    EXPECT_TRUE(report.regression());
}

TEST(Regression, compares_two_runs_of_different_contenders) {
    const auto change = top1_change(rows_of("ste", before), rows_of("dsq", worse));
    EXPECT_EQ(change.label_a, "ste");
    EXPECT_EQ(change.label_b, "dsq");
}

TEST(Regression, refuses_different_protocols_with_a_hint) {
    auto b = rows_of("dsq", before);
    for (auto& row : b) row["protocol_id"] = "other";
    const Error error = refusal_of([&] { compare_results(rows_of("dsq", before), b, {"top1"}); });
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.message(), testing::HasSubstr("different protocols"));
    EXPECT_FALSE(error.hint().empty());
}

TEST(Regression, refuses_sides_without_a_common_contender) {
    const auto a = rows_of("ste", before) + rows_of("dsq", before), b = rows_of("pact", before);
    EXPECT_THAT(refusal_of([&] { compare_results(a, b, {"top1"}); }).what(),
                testing::HasSubstr("no contender in common; A has ste, dsq; B has pact"));
}

TEST(Regression, refuses_other_data) {
    auto b = rows_of("dsq", before);
    for (auto& row : b) row["dataset_fingerprint"] = "other";
    EXPECT_THAT(refusal_of([&] { compare_results(rows_of("dsq", before), b, {"top1"}); }).what(),
                testing::HasSubstr("other data"));
}

TEST(Regression, refuses_metrics_without_a_better_side) {
    const auto rows = rows_of("dsq", before);
    EXPECT_EQ(refusal_of([&] { compare_results(rows, rows, {"epochs"}); }).code(), ExitCode::usage);
    EXPECT_THAT(refusal_of([&] { compare_results(rows, rows, {"top_1"}); }).what(),
                testing::HasSubstr("did you mean 'top1'"));
}

TEST(RegressionText, is_a_table_with_a_verdict) {
    const auto report = compare_results(rows_of("dsq", before), rows_of("dsq", worse), {"top1"});
    EXPECT_EQ(
        format_table(report),
        "recipe  contender  metric  A (seeds)  B (seeds)  B − A  95 % interval         p  test      verdict     note\n"
        "──────  ─────────  ──────  ─────────  ─────────  ─────  ──────────────  ───────  ────────  ──────────  ────\n"
        "small   dsq        top1    88.00 (5)  87.02 (5)  −0.98  [−1.08, −0.88]  < 0.001  paired t  regression\n");
}

TEST(RegressionText, calls_a_repeated_result_equal) {
    const auto report = compare_results(rows_of("dsq", before), rows_of("dsq", before), {"top1"});
    EXPECT_THAT(format_table(report), testing::HasSubstr("equal"));
    EXPECT_THAT(format_table(compare_results(rows_of("dsq", {88}), rows_of("dsq", {87}), {"top1"})),
                testing::HasSubstr("not tested"));
}

TEST(RegressionText, warns_of_chance_when_there_are_many_tests) {
    const auto rows = rows_of("dsq", before) + rows_of("ste", before),
               fell = rows_of("dsq", worse) + rows_of("ste", worse);
    EXPECT_THAT(format_table(compare_results(rows, fell, {"top1"})),
                testing::HasSubstr("2 tests at p < 0.05: 0.1 of them"));
}

TEST(RegressionJson, holds_what_the_table_shows) {
    const auto json = to_json(compare_results(rows_of("dsq", before), rows_of("dsq", worse), {"top1"}));
    EXPECT_EQ(json["regression"], true);
    EXPECT_EQ(json["changes"][0]["test"], "paired t");
    EXPECT_EQ(json["changes"][0]["verdict"], "regression");
    EXPECT_EQ(json["changes"][0]["difference"]["count"], 5);
}

}  // namespace
}  // namespace dsqbench
