#include "suite/recipe/era.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/core/file_system.h"
#include "suite/recipe/matrix.h"
#include "suite/recipe/recipe_files.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

const std::filesystem::path shipped = DSQBENCH_SOURCE_DIR "/recipes";

constexpr const char* complete = R"(
description = "a paper"
source = "somewhere"
published_epochs = 200
initialisation = "scratch"
unknown = ["training.learning_rate"]
[recipe.training]
optimizer = "sgd"
schedule = "step"
milestones = [60, 120]
warmup_epochs = 10
weight_decay = 2e-4
batch_size = 64
[recipe_at_bits.2.training]
weight_decay = 5e-5
)";

class EraTest : public testing::Test {
protected:
    Era era(const std::string& text) {
        write_file_atomically(folder_ / "eras/x.toml", text);
        return load_era("x", folder_.path());
    }
    std::string refusal(const std::string& text) {
        const Error error = refusal_of([&] { era(text); });
        EXPECT_EQ(error.code(), ExitCode::recipe);
        return error.what();
    }
    std::string changed(const std::string& from, const std::string& to) {
        std::string text = complete;
        text.replace(text.find(from), from.size(), to);
        return text;
    }
    TemporaryFolder folder_;
};

TEST_F(EraTest, lays_what_is_published_over_a_recipe_and_leaves_the_rest) {
    Recipe recipe;
    recipe.set("training.epochs", 20, "here");
    recipe.set("training.learning_rate", 0.07, "here");
    recipe.set("quantization.weight_bits", 3, "here");
    apply_era(recipe, era(complete));
    EXPECT_EQ(recipe.text("training.schedule"), "step");
    EXPECT_EQ(recipe.integer("training.batch_size"), 64);
    EXPECT_DOUBLE_EQ(recipe.real("training.weight_decay"), 2e-4);
    EXPECT_DOUBLE_EQ(recipe.real("training.learning_rate"), 0.07) << "not published";
    EXPECT_THAT(recipe.origin("training.weight_decay"), HasSubstr("x.toml:"));
    EXPECT_EQ(recipe.name(), "defaults@x");
}

TEST_F(EraTest, scales_what_is_counted_in_epochs_to_the_recipes_own) {
    Recipe recipe;
    recipe.set("training.epochs", 20, "here");
    apply_era(recipe, era(complete));
    EXPECT_EQ(recipe.integers("training.milestones"), (std::vector<std::int64_t>{6, 12}));
    EXPECT_DOUBLE_EQ(recipe.real("training.warmup_epochs"), 1);
    Recipe short_one;
    short_one.set("training.epochs", 3, "here");
    apply_era(short_one, era(complete));
    EXPECT_EQ(short_one.integers("training.milestones"), (std::vector<std::int64_t>{1, 2})) << "0.9 and 1.8";
    Recipe single;
    single.set("training.epochs", 1, "here");
    apply_era(single, era(complete));
    EXPECT_TRUE(single.integers("training.milestones").empty()) << "no milestone lies inside one epoch";
}

TEST_F(EraTest, knows_settings_for_a_number_of_bits) {
    Recipe recipe;
    recipe.set("quantization.weight_bits", 2, "here");
    apply_era(recipe, era(complete));
    EXPECT_DOUBLE_EQ(recipe.real("training.weight_decay"), 5e-5);
}

TEST_F(EraTest, from_scratch_switches_pretraining_off) {
    Recipe recipe;
    recipe.set("tricks.pretrain.epochs", 3, "here");
    apply_era(recipe, era(complete));
    EXPECT_FALSE(pretraining_of(recipe));
}

TEST_F(EraTest, from_a_trained_network_takes_the_recipes_own_pretraining) {
    Recipe recipe;
    recipe.set("training.batch_size", 32, "here");
    recipe.set("tricks.pretrain.epochs", 3, "here");
    const std::string before = pretraining_of(recipe)->recipe_id();
    apply_era(recipe, era(changed("\"scratch\"", "\"pretrained\"")));
    ASSERT_TRUE(pretraining_of(recipe));
    EXPECT_EQ(pretraining_of(recipe)->recipe_id(), before) << "the era does not reach it";
    EXPECT_EQ(recipe.integer("training.batch_size"), 64);
    Recipe without;
    apply_era(without, era(changed("\"scratch\"", "\"pretrained\"")));
    ASSERT_TRUE(pretraining_of(without));
    EXPECT_EQ(pretraining_of(without)->integer("training.epochs"), without.integer("training.epochs"));
}

TEST_F(EraTest, refuses_to_be_silent_about_what_is_unknown) {
    EXPECT_THAT(refusal(changed("unknown = [\"training.learning_rate\"]", "unknown = []")),
                HasSubstr("'training.learning_rate' is neither set nor unknown"));
    EXPECT_THAT(refusal(changed("[\"training.learning_rate\"]", "[\"training.learning_rate\", \"epochs\"]")),
                HasSubstr("'epochs' is set and unknown"));
    EXPECT_THAT(refusal(changed("source = \"somewhere\"", "")), HasSubstr("a source"));
}

TEST_F(EraTest, refuses_what_is_not_training) {
    EXPECT_THAT(refusal(changed("[recipe.training]", "[recipe.model]\nwidth = 4\n[recipe.training]")),
                HasSubstr("an era cannot set 'model.width'"));
    EXPECT_THAT(refusal(changed("optimizer = \"sgd\"", "optimiser = \"sgd\"")), HasSubstr("training.optimizer"));
    EXPECT_THAT(refusal(changed("optimizer = \"sgd\"", "optimizer = \"magic\"")), HasSubstr("must be"));
    EXPECT_THAT(refusal(changed("optimizer = \"sgd\"", "optimizer = \"sgd\"\nepochs = 3")),
                HasSubstr("published_epochs"));
    EXPECT_THAT(refusal(changed("published_epochs = 200", "published_epochs = 0")), HasSubstr("above 0"));
    EXPECT_THAT(refusal(changed("[recipe_at_bits.2.training]", "[recipe_at_bits.two.training]")),
                HasSubstr("recipe_at_bits.2"));
    EXPECT_THAT(refusal("nonsense"), HasSubstr("TOML"));
    EXPECT_THAT(refusal(""), HasSubstr("neither set nor unknown"));
}

TEST_F(EraTest, unknown_names_get_the_nearest) {
    EXPECT_THAT(refusal_of([] { load_era("pact-2019", shipped); }).what(), HasSubstr("did you mean 'pact-2018'"));
}

TEST(ShippedEras, load_with_a_source_and_lie_over_a_shipped_recipe) {
    const auto files = era_files(shipped);
    EXPECT_GE(files.size(), 8u);
    for (const auto& file : files) {
        Recipe recipe = load_recipe("fmnist_r8_w2a2", shipped);
        const std::string before = recipe.protocol_id();
        const Era era = read_era(file);
        EXPECT_NO_THROW(apply_era(recipe, era)) << file;
        EXPECT_FALSE(era.source.empty()) << file;
        if (!era.settings.empty()) {
            EXPECT_NE(recipe.protocol_id(), before) << file;
        }
    }
    EXPECT_FALSE(load_era("dsq-2019-guess", shipped).guess.empty()) << "DSQ's recipe is not published";
}

TEST(ShippedEras, take_overrides_on_top_and_the_epochs_below) {
    const Recipe recipe = load_recipe_of_era("cifar10_r20_w2a2", shipped, "lsq-2020",
                                             {"training.epochs=30", "training.weight_decay=1e-3"});
    EXPECT_EQ(recipe.integer("training.epochs"), 30);
    EXPECT_DOUBLE_EQ(recipe.real("training.weight_decay"), 1e-3);
    EXPECT_DOUBLE_EQ(recipe.real("training.learning_rate"), 0.01);
    EXPECT_EQ(load_recipe_of_era("cifar10_r20_w2a2", shipped, "").recipe_id(),
              load_recipe("cifar10_r20_w2a2", shipped).recipe_id());
}

}  // namespace
}  // namespace dsqbench
