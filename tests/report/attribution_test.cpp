#include "suite/report/attribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/core/error.h"
#include "suite/report/design_plan.h"
#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

constexpr const char* design_text = R"(
seeds = "0..5"
[data]
train_images = 1000
[training]
epochs = 3
[design]
margin = 0.2
[design.quantizers]
none = "ste"
soft = "dsq-alpha"
range = "ste-lu"
"soft+range" = "dsq"
[design.factors.soft]
group = "algorithm"
[design.factors.range]
group = "algorithm"
[design.factors.decay]
group = "recipe"
old = ["training.weight_decay=2e-4"]
new = ["training.weight_decay=0.0"]
)";

class AttributionTest : public testing::Test {
protected:
    AttributionTest() {
        for (std::uint64_t seed = 0; seed < 6; ++seed)
            for (const auto& cell : cells_) rows_.push_back(row_of(cell, seed, accuracy(cell.cell, seed)));
    }

    // range + 4, decay + 2, soft + 0; a little noise that no seed or cell shares.
    static double accuracy(Cell cell, std::uint64_t seed) {
        const double noise = 0.05 * static_cast<double>((7 * cell + 5 * seed + cell * seed) % 5) - 0.1;
        const bool range = cell & 1u, soft = cell & 2u, decay = cell & 4u;  // in the order of the factors' names
        return 80 + (range ? 4 : 0) + (soft ? 0 : 0) + (decay ? 2 : 0) + 0.3 * static_cast<double>(seed) + noise;
    }

    static Row row_of(const DesignCell& cell, std::uint64_t seed, double top1) {
        Row row = sample_row(cell.label, seed, top1);
        row["recipe_id"] = cell.recipe.recipe_id();
        row["protocol_id"] = cell.recipe.protocol_id();
        return row;
    }

    AttributionCard card() const {
        const std::vector<std::uint64_t> seeds{0, 1, 2, 3, 4, 5};
        return attribution_card(recipe_, design_, cells_, seeds, rows_of_cells(cells_, seeds, rows_));
    }

    Recipe recipe_ = parse_recipe(design_text, "card.toml");
    Design design_ = design_of(recipe_);
    std::vector<DesignCell> cells_ = cells_of(recipe_, design_, "");
    std::vector<Row> rows_;
};

TEST_F(AttributionTest, divides_the_gain_between_algorithm_and_recipe) {
    const AttributionCard result = card();
    EXPECT_NEAR(result.gain.value, 6, 0.2);
    EXPECT_NEAR(result.algorithm.value.value, 4, 0.1);
    EXPECT_NEAR(result.recipe_group.value.value, 2, 0.1);
    EXPECT_NEAR(result.algorithm.value.value + result.recipe_group.value.value, result.gain.value, 1e-9);
    double factors = 0;
    for (const auto& factor : result.factors) factors += factor.value.value;
    EXPECT_NEAR(factors, result.gain.value, 1e-9);
    ASSERT_TRUE(result.algorithm.share);
    EXPECT_NEAR(result.algorithm.share->value, 2.0 / 3, 0.02);
    EXPECT_EQ(result.verdict.headline, "algorithm helps");
    EXPECT_EQ(result.error_model, ErrorModel::by_seed);
    EXPECT_DOUBLE_EQ(*result.sign_flip_p_value, 2.0 / 64);
    EXPECT_DOUBLE_EQ(result.superiority_new->probability, 1);
    EXPECT_EQ(result.pairs.size(), 2u);
}

TEST_F(AttributionTest, names_the_factor_that_did_it) {
    const AttributionCard result = card();
    ASSERT_EQ(result.factors[0].name, "range");
    EXPECT_NEAR(result.factors[0].value.value, 4, 0.1);
    EXPECT_NEAR(result.factors[1].value.value, 0, 0.1);
    EXPECT_GT(*result.factors[0].eta_squared, 0.5);
    for (const auto& factor : result.factors) {
        EXPECT_LE(factor.over_orders.low, factor.first_in.value);
        EXPECT_GE(factor.over_orders.high, factor.last_in.value);
    }
}

TEST_F(AttributionTest, leaves_out_seeds_that_are_not_complete_and_counts_why) {
    rows_[0]["outcome"] = "not converged";  // seed 0
    rows_[0].erase("top1");
    rows_.pop_back();  // seed 5
    const AttributionCard result = card();
    EXPECT_EQ(result.seeds, (std::vector<std::uint64_t>{1, 2, 3, 4}));
    EXPECT_EQ(result.left_out, (std::vector<std::uint64_t>{0, 5}));
    EXPECT_EQ(result.not_converged_runs, 1u);
    EXPECT_EQ(result.missing_runs, 1u);
    EXPECT_EQ(result.error_model, ErrorModel::pooled);
    EXPECT_THAT(format_table(result), HasSubstr("not converged: 1 of 48 runs; not run: 1"));
    EXPECT_THAT(format_table(result), HasSubstr("none: 1 not converged"));
}

TEST_F(AttributionTest, without_a_complete_seed_has_a_verdict_and_no_numbers) {
    rows_.erase(rows_.begin(), rows_.end() - 1);
    const AttributionCard result = card();
    EXPECT_TRUE(result.seeds.empty());
    EXPECT_THAT(result.verdict.headline, HasSubstr("underpowered"));
    EXPECT_FALSE(to_json(result).contains("gain"));
    EXPECT_THAT(format_markdown(result), HasSubstr("underpowered"));
    EXPECT_THAT(format_html(result), HasSubstr("underpowered"));
}

TEST_F(AttributionTest, takes_only_publishable_rows_of_its_own_cells) {
    const std::size_t complete = rows_.size();
    rows_.push_back(sample_row("stranger", 0, 10));
    rows_.push_back(row_of(cells_[0], 0, 10));
    rows_.back()["publishable"] = false;
    const auto picked = rows_of_cells(cells_, {0, 1, 2, 3, 4, 5}, rows_);
    std::size_t count = 0;
    for (const auto& cell : picked) count += cell.size();
    EXPECT_EQ(count, complete);
    EXPECT_NE(picked[0].at(0).at("top1"), 10);
}

TEST_F(AttributionTest, takes_the_newest_row_of_a_seed_in_whatever_order_they_are_read) {
    Row newer = row_of(cells_[0], 0, 10);
    newer["time"] = "2027-01-01T00:00:00Z";
    newer["machine"] = "a-board";
    rows_.insert(rows_.begin(), newer);
    EXPECT_EQ(rows_of_cells(cells_, {0}, rows_)[0].at(0).at("top1"), 10);
}

TEST_F(AttributionTest, refuses_rows_of_different_data) {
    rows_.back()["dataset_fingerprint"] = "other";
    EXPECT_THROW(card(), Error);
}

TEST_F(AttributionTest, is_written_in_four_forms_that_agree) {
    const AttributionCard result = card();
    for (const std::string& text : {format_table(result), format_markdown(result), format_html(result)}) {
        EXPECT_THAT(text, HasSubstr("algorithm helps"));
        EXPECT_THAT(text, HasSubstr("range"));
        EXPECT_THAT(text, HasSubstr("8 cells x 6 seeds"));
        EXPECT_THAT(text, HasSubstr("not converged: 0 of 48 runs"));
    }
    const auto json = to_json(result);
    EXPECT_EQ(json.at("verdict").at("headline"), "algorithm helps");
    EXPECT_EQ(json.at("factors").size(), 3u);
    EXPECT_EQ(json.at("cells").size(), 8u);
    EXPECT_DOUBLE_EQ(json.at("algorithm").at("value").at("value").get<double>(), result.algorithm.value.value);
}

TEST_F(AttributionTest, html_escapes_what_it_is_given) {
    recipe_.set("description", "<script>&", "here");
    EXPECT_THAT(format_html(card()), HasSubstr("&lt;script&gt;&amp;"));
}

TEST_F(AttributionTest, plan_counts_runs_images_and_what_they_can_find) {
    const std::vector<std::uint64_t> seeds{0, 1, 2, 3, 4, 5, 6, 7};
    const DesignPlan plan = plan_design(recipe_, design_, cells_, seeds, rows_, 2);
    EXPECT_EQ(plan.runs, 64u);
    EXPECT_EQ(plan.stored, 48u);
    EXPECT_EQ(plan.pretrainings, 0u);
    EXPECT_DOUBLE_EQ(*plan.images, 16 * 3 * 1000.0);
    EXPECT_FALSE(plan.images_per_second) << "the rows are another machine's";
    EXPECT_FALSE(plan.seconds);
    EXPECT_EQ(plan.cells_with_spread, 8u);
    EXPECT_NEAR(*plan.spread, 0.55, 0.1) << "0.3 points a seed and the noise";
    EXPECT_NEAR(plan.unit_algorithm, 1, 1e-12);
    EXPECT_THAT(format_table(plan), HasSubstr("8 cells x 8 seeds = 64 runs, 48 stored, 16 to train"));
    EXPECT_THAT(format_table(plan), HasSubstr("--pilot"));
}

TEST_F(AttributionTest, plan_without_rows_counts_in_standard_deviations) {
    const DesignPlan plan = plan_design(recipe_, design_, cells_, {0, 1, 2, 3, 4, 5}, {}, 2);
    EXPECT_FALSE(plan.spread);
    EXPECT_THAT(format_table(plan), HasSubstr("1.43 standard deviations of the algorithm's effect"));
}

}  // namespace
}  // namespace dsqbench
