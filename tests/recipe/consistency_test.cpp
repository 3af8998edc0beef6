#include <gmock/gmock.h>

#include "suite/recipe/recipe.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

Error refused(const std::string& text) {
    return refusal_of([&] { parse_recipe(text, "x.toml"); });
}

TEST(Consistency, wants_milestones_that_ascend_below_the_epochs) {
    const std::string start = "[training]\nepochs = 10\nschedule = 'step'\nmilestones = ";
    EXPECT_NO_THROW(parse_recipe(start + "[5, 9]", "x.toml"));
    EXPECT_NO_THROW(parse_recipe(start + "[]", "x.toml"));
    for (const char* milestones : {"[5, 10]", "[5, 5]", "[6, 5]"})
        EXPECT_EQ(refused(start + milestones).place(), "x.toml:4:1");
}

TEST(Consistency, ignores_milestones_that_no_schedule_uses) {
    EXPECT_NO_THROW(parse_recipe("[training]\nepochs = 2\nschedule = 'cosine'\nmilestones = [60, 120]\n", "x.toml"));
}

TEST(Consistency, wants_a_warm_up_shorter_than_the_training) {
    EXPECT_NO_THROW(parse_recipe("[training]\nepochs = 2\nwarmup_epochs = 1.9\n", "x.toml"));
    EXPECT_STREQ(refused("[training]\nepochs = 2\nwarmup_epochs = 2\n").what(),
                 "x.toml:3:1: training.warmup_epochs (2) must be below training.epochs (2)");
}

TEST(Consistency, wants_momentum_for_nesterov) {
    EXPECT_EQ(refused("[training]\nmomentum = 0\n").place(), "x.toml:2:1");
    EXPECT_NO_THROW(parse_recipe("[training]\nmomentum = 0\nnesterov = false\n", "x.toml"));
    EXPECT_NO_THROW(parse_recipe("[training]\nmomentum = 0\noptimizer = 'adam'\n", "x.toml"));
}

TEST(Consistency, wants_a_deviation_for_every_mean) {
    EXPECT_EQ(refused("[augment]\nmean = [0.5]\n").place(), "x.toml:2:1");
    EXPECT_EQ(refused("[augment]\nstandard_deviation = [0.5]\n").place(), "x.toml:2:1");
    EXPECT_NO_THROW(parse_recipe("[augment]\nmean = [0.5]\nstandard_deviation = [0.5]\n", "x.toml"));
}

TEST(Consistency, wants_images_to_validate_on) {
    EXPECT_EQ(refused("[data]\nevaluate_on = 'validation'\n").place(), "x.toml:2:1");
    EXPECT_NO_THROW(parse_recipe("[data]\nevaluate_on = 'validation'\nvalidation_images = 100\n", "x.toml"));
}

TEST(Consistency, wants_contenders_and_seeds_that_can_be_read) {
    for (const char* text : {"contenders = ['dsq', 'dsq']", "contenders = ['a/b/c']", "contenders = ['']",
                             "seeds = '4..0'", "seeds = 'many'", "seeds = '1,1'"}) {
        EXPECT_EQ(refused(text).place(), "x.toml:1:1") << text;
        EXPECT_EQ(refused(text).code(), ExitCode::recipe) << text;
    }
}

TEST(Consistency, holds_for_the_pre_training_too) {
    const Error error = refused("[training]\nepochs = 9\nwarmup_epochs = 3\n[tricks.pretrain]\nepochs = 2\n");
    EXPECT_THAT(error.message(), testing::HasSubstr("[tricks.pretrain]"));
    EXPECT_EQ(error.place(), "x.toml:3:1");
}

}  // namespace
}  // namespace dsqbench
