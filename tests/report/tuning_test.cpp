#include "suite/report/tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/core/error.h"
#include "tests/data/expect_error.h"
#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* design_text = R"(
[data]
train_images = 1000
[design.quantizers]
none = "ste"
dsq = "dsq"
[design.factors.dsq]
group = "algorithm"
[design.factors.decay]
group = "recipe"
old = ["training.weight_decay=2e-4"]
new = ["training.weight_decay=0.0"]
)";

class TuningTest : public testing::Test {
protected:
    Row row_of(const DesignCell& cell, std::uint64_t seed, double top1) const {
        Row row = sample_row(cell.label, seed, top1);
        row["recipe_id"] = cell.recipe.recipe_id();
        return row;
    }
    std::vector<TuningTrial> scored(const std::vector<double>& top1) {
        auto trials = trials_of(design_, cells_, {"training.learning_rate=0.1,0.2"});
        std::vector<Row> rows;
        for (std::size_t i = 0; i < trials.size(); ++i) rows.push_back(row_of(trials[i].trial, 7, top1[i]));
        score_trials(trials, {7}, rows);
        return trials;
    }

    Recipe recipe_ = parse_recipe(design_text, "x.toml");
    Design design_ = design_of(recipe_);
    std::vector<DesignCell> cells_ = cells_of(recipe_, design_, "");
};

TEST_F(TuningTest, gives_every_cell_the_same_search_on_held_out_images) {
    const auto trials = trials_of(design_, cells_, {"training.learning_rate=0.1,0.2", "training.momentum=0.8,0.9"});
    EXPECT_EQ(trials.size(), 4u * 4);
    for (const auto& trial : trials) {
        EXPECT_EQ(trial.trial.recipe.text("data.evaluate_on"), "validation");
        EXPECT_EQ(trial.trial.recipe.integer("data.validation_images"), 100);
    }
    EXPECT_EQ(trials[0].setting, "training.learning_rate=0.1 training.momentum=0.8");
}

TEST_F(TuningTest, each_cell_takes_its_own_best) {
    const auto trials = scored({80, 81, 83, 82, 70, 70, 60, 61});
    EXPECT_THAT(chosen_settings(cells_, trials),
                ElementsAre("training.learning_rate=0.2", "training.learning_rate=0.1", "training.learning_rate=0.1",
                            "training.learning_rate=0.2"));
    const auto tuned = tuned_cells(cells_, trials);
    EXPECT_DOUBLE_EQ(tuned[0].recipe.real("training.learning_rate"), 0.2);
    EXPECT_EQ(tuned[0].recipe.text("data.evaluate_on"), "test");
    EXPECT_EQ(tuned[1].recipe.recipe_id(), cells_[1].recipe.recipe_id())
        << "0.1 is the default: nothing to train again";
}

TEST_F(TuningTest, divergence_loses_and_a_cell_without_a_result_is_an_error) {
    auto trials = scored({80, 81, 83, 82, 70, 70, 60, 61});
    trials[1].not_converged = 1;
    EXPECT_EQ(chosen_settings(cells_, trials)[0], "training.learning_rate=0.1");
    trials[0].top1.clear();
    trials[1].top1.clear();
    expect_error(ExitCode::numeric, "", "none of the trials of the cell 'none' converged",
                 [&] { chosen_settings(cells_, trials); });
    trials[1].not_converged = 0;
    expect_error(ExitCode::failed, "", "no trial of the cell 'none' has a result",
                 [&] { chosen_settings(cells_, trials); });
}

TEST_F(TuningTest, trials_that_are_one_training_are_refused_by_key_and_factor) {
    expect_error(
        ExitCode::recipe, "x",
        "--tune training.weight_decay overrides the factor 'decay': 'tune none training.weight_decay=1e-4' and "
        "'tune decay training.weight_decay=1e-4' are one and the same training",
        [&] { trials_of(design_, cells_, {"training.weight_decay=1e-4,1e-3"}); });
    expect_error(ExitCode::recipe, "x", "--tune training.momentum repeats itself",
                 [&] { trials_of(design_, cells_, {"training.momentum=0.9,0.90"}); });
}

TEST_F(TuningTest, a_key_of_a_factor_that_sets_more_can_be_searched) {
    design_.factors[1].new_level.push_back("training.momentum=0.5");
    cells_ = cells_of(recipe_, design_, "");
    EXPECT_EQ(trials_of(design_, cells_, {"training.weight_decay=1e-4,1e-3"}).size(), 8u);
}

TEST_F(TuningTest, names_contenders_whose_rank_changes) {
    AttributionCard identical, tuned;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        CellSummary summary;
        summary.cell = cells_[i].cell;
        summary.mean = 80 + static_cast<double>(i);
        identical.cells.push_back(summary);
        tuned.cells.push_back(summary);
    }
    EXPECT_TRUE(rank_changes(design_, identical, tuned).empty());
    tuned.cells[0].mean = 95;
    EXPECT_THAT(rank_changes(design_, identical, tuned),
                ElementsAre("algorithm none under recipe none: rank 2, tuned 1",
                            "algorithm dsq under recipe none: rank 1, tuned 2"));
}

TEST_F(TuningTest, reports_every_trial) {
    const auto trials = scored({80, 81, 83, 82, 70, 70, 60, 61});
    const std::string text = format_tuning(cells_, trials, {"a change"});
    EXPECT_THAT(text, HasSubstr("81.00"));
    EXPECT_THAT(text, HasSubstr("a change"));
    EXPECT_EQ(tuning_json(cells_, trials, {}).at("trials").size(), 8u);
}

TEST_F(TuningTest, searches_nothing_but_training) {
    EXPECT_THROW(trials_of(design_, cells_, {"model.width=8,16"}), Error);
    recipe_.set("data.train_images", 0, "here");
    EXPECT_THROW(trials_of(design_, cells_of(recipe_, design_, ""), {"training.learning_rate=0.1"}), Error);
}

}  // namespace
}  // namespace dsqbench
