#include "suite/report/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/record/sample_row.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

std::vector<Row> rows_of(const std::string& label, const std::vector<double>& top1) {
    std::vector<Row> rows;
    for (std::size_t seed = 0; seed < top1.size(); ++seed) rows.push_back(sample_row(label, seed, top1[seed]));
    return rows;
}

std::vector<Row> three_contenders() {
    std::vector<Row> rows;
    for (const auto& part : {rows_of("fp32", {90, 91, 92}), rows_of("ste", {86, 88, 87}), rows_of("dsq", {87, 88, 89})})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

void make_diverged(Row& row) {
    row["outcome"] = "not converged";
    row.erase("top1");
}

std::string refusal(const std::vector<Row>& rows) {
    const Error error = refusal_of([&] { compare_contenders(rows); });
    EXPECT_EQ(error.code(), ExitCode::failed);
    return error.what();
}

TEST(Comparison, groups_by_label_in_the_order_of_appearance) {
    const auto comparison = compare_contenders(three_contenders());
    ASSERT_EQ(comparison.lines.size(), 3u);
    EXPECT_EQ(comparison.lines[2].label, "dsq");
    EXPECT_EQ(comparison.lines[2].seeds, (std::vector<std::uint64_t>{0, 1, 2}));
    EXPECT_DOUBLE_EQ(*comparison.lines[2].top1_mean, 88);
    EXPECT_DOUBLE_EQ(*comparison.lines[2].top1_sd, 1);
    EXPECT_EQ(comparison.lines[0].bits, "32/32");
    EXPECT_EQ(comparison.lines[2].bits, "2/2");
}

TEST(Comparison, pairs_differences_by_seed) {
    const auto line = compare_contenders(three_contenders()).lines[2];
    EXPECT_DOUBLE_EQ(line.to_fp32->estimate, -3);
    const auto expected = paired_difference({87, 88, 89}, {86, 88, 87});
    EXPECT_DOUBLE_EQ(line.to_ste->estimate, 1);
    EXPECT_DOUBLE_EQ(*line.to_ste->p_value, *expected.p_value);
}

TEST(Comparison, leaves_undefined_what_has_no_reference) {
    const auto lines = compare_contenders(three_contenders()).lines;
    EXPECT_FALSE(lines[0].to_fp32);
    EXPECT_TRUE(lines[0].to_ste);
    EXPECT_FALSE(lines[1].to_ste);
    const auto alone = compare_contenders(rows_of("dsq", {87})).lines[0];
    EXPECT_FALSE(alone.to_fp32);
    EXPECT_FALSE(alone.to_ste);
    EXPECT_FALSE(alone.top1_sd);
}

TEST(Comparison, counts_diverged_runs_and_averages_the_others) {
    auto rows = three_contenders();
    make_diverged(rows[8]);  // dsq, seed 2
    const auto line = compare_contenders(rows).lines[2];
    EXPECT_EQ(line.not_converged, 1u);
    EXPECT_DOUBLE_EQ(*line.top1_mean, 87.5);
    EXPECT_DOUBLE_EQ(line.to_ste->estimate, 0.5);
    EXPECT_EQ(line.to_ste->count, 2u);
}

TEST(Comparison, has_no_mean_where_nothing_converged) {
    auto rows = rows_of("dsq", {87, 88});
    for (auto& row : rows) make_diverged(row);
    const auto comparison = compare_contenders(rows);
    EXPECT_FALSE(comparison.lines[0].top1_mean);
    EXPECT_TRUE(comparison.lines[0].images_per_second.empty());
    EXPECT_THAT(format_table(comparison), testing::HasSubstr("2 of 2 not converged"));
}

TEST(Comparison, takes_the_latest_publishable_row_of_a_seed) {
    auto rows = rows_of("dsq", {80});
    rows.push_back(sample_row("dsq", 0, 85));
    rows.push_back(sample_row("dsq", 0, 10));
    rows.back()["publishable"] = false;
    EXPECT_DOUBLE_EQ(*compare_contenders(rows).lines[0].top1_mean, 85);
}

TEST(Comparison, takes_the_newest_row_of_a_seed_in_whatever_order_they_are_read) {
    auto rows = rows_of("dsq", {80});
    rows.insert(rows.begin(), sample_row("dsq", 0, 85));
    rows[0]["time"] = "2026-11-24T00:00:00Z";
    rows[0]["machine"] = "a-board";
    rows[0]["commit"] = "fedcba";
    EXPECT_DOUBLE_EQ(*compare_contenders(rows).lines[0].top1_mean, 85);
}

TEST(Comparison, has_no_speed_of_two_machines_and_says_what_stands_side_by_side) {
    auto rows = rows_of("dsq", {87, 88, 89});
    EXPECT_THAT(format_table(compare_contenders(rows)), testing::Not(testing::HasSubstr("side by side")));
    rows[1]["machine"] = "a-board";
    rows[1]["commit"] = "fedcba9876543210fedcba9876543210-dirty";
    rows[1]["images_per_second"] = 300.0;
    const auto comparison = compare_contenders(rows);
    for (const std::string& text : {format_table(comparison), format_markdown(comparison)}) {
        EXPECT_THAT(text, testing::HasSubstr("a-board: 300, test-board: 1600"));
        EXPECT_THAT(text, testing::HasSubstr("rows of several machines side by side: a-board, test-board\n"));
        EXPECT_THAT(text, testing::HasSubstr("several commits side by side: 0123456789ab, fedcba987654-dirty\n"));
    }
    const auto json = to_json(comparison);
    EXPECT_TRUE(json["contenders"][0]["images_per_second"].is_null());
    EXPECT_EQ(json["contenders"][0]["images_per_second_by_machine"]["a-board"], 300);
    EXPECT_EQ(json["machines"].size(), 2u);
}

TEST(Comparison, speed_is_the_median_over_seeds) {
    auto rows = rows_of("dsq", {87, 88, 89});
    rows[1]["images_per_second"] = 1.0;
    EXPECT_DOUBLE_EQ(compare_contenders(rows).lines[0].images_per_second.at("test-board"), 1600);
}

TEST(Comparison, refuses_rows_of_two_protocols) {
    auto rows = three_contenders();
    rows[4]["protocol_id"] = "other";
    EXPECT_THAT(refusal(rows), testing::HasSubstr("'fp32' and 'ste' were trained under different protocols"));
}

TEST(Comparison, refuses_one_recipe_under_two_labels) {
    auto rows = three_contenders();
    rows[6]["recipe_id"] = rows[3]["recipe_id"];
    EXPECT_THAT(refusal(rows), testing::HasSubstr("'ste' and 'dsq' are the same recipe"));
}

TEST(Comparison, refuses_rows_from_other_data) {
    auto rows = three_contenders();
    rows[6]["dataset_fingerprint"] = "other";
    EXPECT_THAT(refusal(rows), testing::HasSubstr("'dsq' come from other data"));
}

TEST(Comparison, of_nothing_says_so) {
    EXPECT_TRUE(compare_contenders({}).lines.empty());
    EXPECT_EQ(format_table(compare_contenders({})), "no contender has a result\n");
}

TEST(ComparisonText, is_a_table_with_its_legend) {
    auto rows = three_contenders();
    rows[8]["publishable"] = false;
    rows[8]["unpublishable_reason"] = "cut short";
    const std::string protocol = rows[0]["protocol_id"].get<std::string>().substr(0, 12);
    EXPECT_EQ(format_table(compare_contenders(rows)),
              "small: synthetic, 512 test images, protocol " + protocol +
                  "\n\n"
                  "contender  weights / activations  W/A bits  top-1 %           Δ FP32                Δ STE           "
                  "      images/s  note\n"
                  "─────────  ─────────────────────  ────────  ────────────────  ────────────────────  "
                  "────────────────────  ────────  ─────────────\n"
                  "fp32       fp32 / fp32               32/32  91.00 ± 1.00 (3)  —                     +4.00 [+1.52, "
                  "+6.48]      1600\n"
                  "ste        ste / ste                   2/2  87.00 ± 1.00 (3)  −4.00 [−6.48, −1.52]  —               "
                  "          1600\n"
                  "dsq        dsq / dsq                   2/2  88.00 ± 1.00 (3)  −3.00                 +1.00 [−1.48, "
                  "+3.48]      1600  unpublishable\n"
                  "\n"
                  "top-1: mean ± standard deviation (seeds); Δ: percentage points, mean of the differences of equal "
                  "seeds [95 % interval]\n"
                  "unpublishable: cut short\n"
                  "run directories: runs/small\n");
}

TEST(ComparisonText, is_Markdown_for_pages) {
    const auto text = format_markdown(compare_contenders(three_contenders()));
    EXPECT_THAT(text, testing::HasSubstr("| contender | weights / activations | W/A bits | top-1 % |"));
    EXPECT_THAT(
        text, testing::HasSubstr("| ste | ste / ste | 2/2 | 87.00 ± 1.00 (3) | −4.00 [−6.48, −1.52] | — | 1600 |  |"));
    EXPECT_THAT(text, testing::HasSubstr("- run directories: runs/small\n"));
}

TEST(ComparisonText, names_runs_that_left_no_row) {
    auto comparison = compare_contenders(three_contenders());
    comparison.lines[2].failed = 2;
    EXPECT_THAT(format_table(comparison), testing::HasSubstr("2 of 5 failed"));
}

TEST(ComparisonJson, has_null_where_nothing_is_defined) {
    const auto json = to_json(compare_contenders(rows_of("dsq", {87})));
    EXPECT_EQ(json["recipe"], "small");
    const auto line = json["contenders"][0];
    EXPECT_EQ(line["top1_mean"], 87.0);
    EXPECT_TRUE(line["top1_sd"].is_null());
    EXPECT_TRUE(line["to_ste"].is_null());
    const auto ste = to_json(compare_contenders(three_contenders()))["contenders"][1];
    EXPECT_EQ(ste["to_fp32"]["count"], 3);
    EXPECT_LT(ste["to_fp32"]["low"], ste["to_fp32"]["high"]);
}

}  // namespace
}  // namespace dsqbench
