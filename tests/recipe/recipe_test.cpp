#include "suite/recipe/recipe.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

TEST(Recipe, starts_with_the_defaults) {
    const Recipe recipe;
    EXPECT_EQ(recipe.integer("training.epochs"), 2);
    EXPECT_TRUE(recipe.flag("augment.flip"));
    EXPECT_EQ(recipe.real("training.learning_rate"), 0.1);
    EXPECT_EQ(recipe.text("model.name"), "resnet20");
    EXPECT_EQ(recipe.texts("contenders").size(), 5U);
    EXPECT_TRUE(recipe.integers("training.milestones").empty());
    EXPECT_TRUE(recipe.reals("augment.mean").empty());
    EXPECT_EQ(recipe.origin("training.epochs"), "default");
}

TEST(Recipe, remembers_value_and_origin) {
    Recipe recipe;
    recipe.set("training.epochs", 7, "x.toml:4:1");
    EXPECT_EQ(recipe.integer("training.epochs"), 7);
    EXPECT_EQ(recipe.origin("training.epochs"), "x.toml:4:1");
}

TEST(Recipe, remembers_the_origin_of_every_option) {
    Recipe recipe;
    recipe.set("tricks.pretrain.epochs", 2, "parent.toml:1:1");
    recipe.set("tricks.pretrain.learning_rate", 0.1, "child.toml:1:1");
    EXPECT_EQ(recipe.origin("tricks.pretrain.epochs"), "parent.toml:1:1");
    EXPECT_EQ(recipe.origin("tricks.pretrain.learning_rate"), "child.toml:1:1");
    EXPECT_EQ(recipe.origin("tricks"), "child.toml:1:1");
}

TEST(Recipe, keeps_its_value_when_a_new_one_is_refused) {
    Recipe recipe;
    EXPECT_EQ(refusal_of([&] { recipe.set("training.epochs", 0, "--set"); }).place(), "--set");
    EXPECT_EQ(recipe.integer("training.epochs"), 2);
    EXPECT_EQ(recipe.origin("training.epochs"), "default");
}

TEST(Recipe, refuses_unknown_keys_and_reads_of_another_type) {
    const Recipe recipe;
    EXPECT_EQ(refusal_of([&] { recipe.integer("training.epoch"); }).code(), ExitCode::recipe);
    EXPECT_THROW(recipe.real("training.epochs"), std::logic_error);
}

}  // namespace
}  // namespace dsqbench
