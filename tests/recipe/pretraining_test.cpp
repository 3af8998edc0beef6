#include <gtest/gtest.h>

#include "suite/recipe/matrix.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

const std::string base = "[model]\nwidth = 8\n[training]\nepochs = 9\n[tricks.ema]\ndecay = 0.9\n";
const std::string pretrain = "[tricks.pretrain]\nepochs = 3\nlearning_rate = 1\n";

Recipe recipe_of(const std::string& text) {
    return parse_recipe(text, "x.toml");
}

TEST(Pretraining, is_absent_without_its_table) {
    EXPECT_FALSE(pretraining_of(recipe_of(base)).has_value());
}

TEST(Pretraining, lays_its_options_over_training) {
    const Recipe recipe = pretraining_of(recipe_of(base + pretrain)).value();
    EXPECT_EQ(recipe.integer("training.epochs"), 3);
    EXPECT_EQ(recipe.real("training.learning_rate"), 1.0);
    EXPECT_EQ(recipe.origin("training.epochs"), "x.toml:8:1");
}

TEST(Pretraining, keeps_data_augmentation_and_model) {
    EXPECT_EQ(pretraining_of(recipe_of(base + pretrain))->integer("model.width"), 8);
}

TEST(Pretraining, is_in_fp32_without_tricks) {
    Recipe recipe = recipe_of(base + pretrain);
    recipe.set("quantization.weight", "dsq", "test");
    const Recipe pretraining = pretraining_of(recipe).value();
    EXPECT_EQ(pretraining.text("quantization.weight"), "fp32");
    EXPECT_EQ(pretraining.text("quantization.activation"), "fp32");
    EXPECT_TRUE(pretraining.value("tricks").empty());
    EXPECT_FALSE(pretraining_of(pretraining).has_value());
}

TEST(Pretraining, is_named_after_what_it_trains_so_that_recipes_share_its_run) {
    Recipe other = recipe_of(base + pretrain);
    other.set_name("another");
    EXPECT_EQ(pretraining_of(recipe_of(base + pretrain))->name(), pretraining_of(other)->name());
    EXPECT_EQ(pretraining_of(other)->name(), other.text("data.name") + "_" + other.text("model.name") + ".pretrain");
}

TEST(Pretraining, is_one_for_all_contenders_and_bit_widths) {
    const std::string id = pretraining_of(recipe_of(base + pretrain))->recipe_id();
    Recipe other = recipe_of(base + pretrain);
    other.set("quantization.activation", "pact", "test");
    other.set("quantization.weight_bits", 4, "test");
    other.set("quantization.options.dsq.alpha", 0.3, "test");
    other.set("training.weight_decay_quantizer", 0.1, "test");
    EXPECT_EQ(pretraining_of(other)->recipe_id(), id);
    other.set("training.batch_size", 64, "test");
    EXPECT_NE(pretraining_of(other)->recipe_id(), id);
}

TEST(Pretraining, refuses_options_that_training_has_not) {
    const Error error = refusal_of([] { recipe_of("[tricks.pretrain]\nlerning_rate = 1\n"); });
    EXPECT_STREQ(error.what(),
                 "x.toml:2:1: unknown option 'lerning_rate' of [tricks.pretrain]; did you mean 'learning_rate'?");
    EXPECT_EQ(refusal_of([] { recipe_of("[tricks.pretrain]\nepochs = 0\n"); }).place(), "x.toml:2:1");
}

}  // namespace
}  // namespace dsqbench
