#include "suite/recipe/overrides.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;

Recipe with(const std::string& text) {
    Recipe recipe;
    apply_override(recipe, text);
    return recipe;
}

TEST(Override, reads_values_as_toml) {
    EXPECT_EQ(with("training.epochs=3").integer("training.epochs"), 3);
    EXPECT_EQ(with(" training.learning_rate = 1e-2 ").real("training.learning_rate"), 0.01);
    EXPECT_FALSE(with("augment.flip=false").flag("augment.flip"));
    EXPECT_EQ(with("training.milestones=[1, 2]").integers("training.milestones").size(), 2U);
    EXPECT_EQ(with("training.schedule=\"step\"").text("training.schedule"), "step");
    EXPECT_EQ(with("training.epochs=3").origin("training.epochs"), "--set");
}

TEST(Override, takes_bare_words_as_text) {
    EXPECT_EQ(with("training.schedule=step").text("training.schedule"), "step");
    EXPECT_EQ(with("quantization.first_layer=8bit").text("quantization.first_layer"), "8bit");
    EXPECT_EQ(with("seeds=0..4").text("seeds"), "0..4");
    EXPECT_EQ(with("description=a = b # c").text("description"), "a = b # c");
}

TEST(Override, takes_what_is_meant_for_a_text_as_text) {
    EXPECT_EQ(with("seeds=3").text("seeds"), "3");
    EXPECT_EQ(with("description=true").text("description"), "true");
}

TEST(Override, takes_a_list_of_texts_with_or_without_brackets) {
    EXPECT_THAT(with("contenders=ste, dsq").texts("contenders"), ElementsAre("ste", "dsq"));
    EXPECT_THAT(with("contenders=[\"ste\", \"dsq\"]").texts("contenders"), ElementsAre("ste", "dsq"));
}

TEST(Override, reaches_into_tables) {
    EXPECT_EQ(with("tricks.ema.decay=0.9").value("tricks").dump(), "{\"ema\":{\"decay\":0.9}}");
    EXPECT_EQ(with("tricks.pretrain={epochs=1, gamma=0.5}").value("tricks").dump(),
              "{\"pretrain\":{\"epochs\":1,\"gamma\":0.5}}");
    EXPECT_EQ(with("quantization.options.dsq.eq13=soft").value("quantization.options").dump(),
              "{\"dsq.eq13\":\"soft\"}");
    Recipe recipe = with("tricks.ema.decay=0.9");
    apply_override(recipe, "tricks.ema=false");
    EXPECT_TRUE(recipe.value("tricks").empty());
}

TEST(Override, refuses_what_is_no_pair) {
    for (const char* text : {"", "training.epochs", "=3"})
        EXPECT_EQ(refusal_of([&] { with(text); }).code(), ExitCode::usage) << text;
}

TEST(Override, refuses_wrong_values_and_keys_as_a_recipe_does) {
    for (const char* text :
         {"training.epochs=", "training.epochs=0", "training.epochs=[1", "training.epochs=1\ntraining.gamma=1",
          "training.epoch=1", "training.epochs={a=1}", "model.name=caf\xe9"})
        EXPECT_EQ(refusal_of([&] { with(text); }).code(), ExitCode::recipe) << text;
}

TEST(Sweep, splits_at_commas_outside_brackets_and_quotes) {
    EXPECT_THAT(sweep_overrides("a=1, 2"), ElementsAre("a=1", "a=2"));
    EXPECT_THAT(sweep_overrides("a=[1,2],[3]"), ElementsAre("a=[1,2]", "a=[3]"));
    EXPECT_THAT(sweep_overrides("a=\"x,y\",'z'"), ElementsAre("a=\"x,y\"", "a='z'"));
    EXPECT_THAT(sweep_overrides("a=b"), ElementsAre("a=b"));
}

TEST(Sweep, refuses_empty_values) {
    for (const char* text : {"a=", "a=1,", "a=,1", "a", "=1"})
        EXPECT_EQ(refusal_of([&] { sweep_overrides(text); }).code(), ExitCode::usage) << text;
}

}  // namespace
}  // namespace dsqbench
