#include <gmock/gmock.h>

#include <fstream>

#include "suite/recipe/recipe.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class Loading : public testing::Test {
protected:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    Recipe load(const std::string& name, const std::vector<std::string>& overrides = {}) const {
        return load_recipe(name, folder_.path(), overrides);
    }
    Error refused(const std::string& name) const {
        return refusal_of([&] { load(name); });
    }

    TemporaryFolder folder_;
};

TEST_F(Loading, lays_the_child_over_its_parent) {
    write("base/cifar.toml", "[training]\nepochs = 200\ngamma = 0.5\n");
    write("cifar10/a.toml", "extends = 'base/cifar'\n[training]\nepochs = 3\n");
    const Recipe recipe = load("a");
    EXPECT_EQ(recipe.name(), "a");
    EXPECT_EQ(recipe.integer("training.epochs"), 3);
    EXPECT_EQ(recipe.real("training.gamma"), 0.5);
    EXPECT_THAT(recipe.origin("training.epochs"), EndsWith("cifar10/a.toml:3:1"));
    EXPECT_THAT(recipe.origin("training.gamma"), EndsWith("base/cifar.toml:3:1"));
}

TEST_F(Loading, lays_overrides_over_the_child) {
    write("a.toml", "[training]\nepochs = 3\n");
    EXPECT_EQ(load("a", {"training.epochs=4", "training.epochs=5"}).integer("training.epochs"), 5);
}

TEST_F(Loading, merges_tricks_option_by_option) {
    write("base/p.toml", "[tricks.pretrain]\nepochs = 2\ngamma = 0.5\n[tricks.ema]\ndecay = 0.9\n");
    write("a.toml", "extends = 'base/p'\ntricks.ema = false\n[tricks.pretrain]\nepochs = 1\n");
    EXPECT_EQ(load("a").value("tricks").dump(), "{\"pretrain\":{\"epochs\":1,\"gamma\":0.5}}");
}

TEST_F(Loading, finds_parents_beside_the_child_and_by_name) {
    write("x/a.toml", "extends = 'b.toml'\n");
    write("x/b.toml", "extends = 'deep'\n");
    write("y/deep.toml", "[training]\nepochs = 9\n");
    EXPECT_EQ(load("x/a").integer("training.epochs"), 9);
}

TEST_F(Loading, checks_the_whole_and_not_its_parts) {
    write("base/p.toml", "[training]\nepochs = 50\nschedule = 'step'\nmilestones = [20, 40]\n");
    write("short.toml", "extends = 'base/p'\n[training]\nepochs = 30\n");
    EXPECT_NO_THROW(load("short", {"training.milestones=[20]"}));
    EXPECT_THAT(refused("short").place(), EndsWith("base/p.toml:4:1"));
}

TEST_F(Loading, accepts_an_empty_file_and_empty_sections) {
    write("empty.toml", "");
    write("sections.toml", "[training]\n[tricks]\n[quantization.options]\n");
    EXPECT_EQ(load("empty").recipe_id(), Recipe().recipe_id());
    EXPECT_EQ(load("sections").recipe_id(), Recipe().recipe_id());
}

TEST_F(Loading, gives_one_id_wherever_the_file_lies) {
    TemporaryFolder elsewhere;
    write("a.toml", "[training]\nepochs = 3\n");
    std::filesystem::copy(folder_ / "a.toml", elsewhere / "b.toml");
    EXPECT_EQ(load("a").recipe_id(), load((elsewhere / "b.toml").string()).recipe_id());
}

TEST_F(Loading, names_the_place_of_an_unknown_key) {
    write("a.toml", "[training]\nepochs = 3\n  lr_schedule = 'cosine'\n");
    const Error error = refused("a");
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_THAT(error.place(), EndsWith("a.toml:3:3"));
    EXPECT_THAT(error.what(), HasSubstr("unknown key 'training.lr_schedule'; did you mean 'training.schedule'"));
}

TEST_F(Loading, shows_the_circle_of_recipes_that_extend_each_other) {
    write("a.toml", "extends = 'b'\n");
    write("b.toml", "extends = 'c'\n");
    write("c.toml", "\nextends = 'a'\n");
    EXPECT_THAT(refused("a").message(), testing::ContainsRegex("circle: .*a.toml -> .*b.toml -> .*c.toml -> .*a.toml"));
    EXPECT_THAT(refused("a").place(), EndsWith("c.toml:2:1"));
    write("self.toml", "extends = 'self'\n");
    EXPECT_THAT(refused("self").message(), HasSubstr("circle"));
}

TEST_F(Loading, names_the_place_of_a_missing_parent) {
    write("fmnist.toml", "");
    write("a.toml", "extends = 'fmnst'\n");
    EXPECT_THAT(refused("a").place(), EndsWith("a.toml:1:1"));
    EXPECT_THAT(refused("a").hint(), HasSubstr("fmnist"));
}

TEST_F(Loading, takes_one_parent) {
    write("a.toml", "extends = ['b', 'c']\n");
    EXPECT_THAT(refused("a").place(), EndsWith("a.toml:1:1"));
}

class UnreadableRecipe : public Loading, public testing::WithParamInterface<std::string> {};

TEST_P(UnreadableRecipe, is_one_clear_error) {
    write("a.toml", GetParam());
    const Error error = refused("a");
    EXPECT_EQ(error.code(), ExitCode::recipe);
    EXPECT_THAT(error.place(), HasSubstr("a.toml"));
    EXPECT_LT(std::string(error.what()).size(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(Loading, UnreadableRecipe,
                         testing::Values("[training]\nepochs = 'caf\xe9'\n", std::string("[data]\nname = 'a\0'\n", 18),
                                         "[quantization]\nweight_bits = 0\n", "[quantization]\nweight_bits = 9\n",
                                         "[training]\nlearning_rate = nan\n", "[training]\nlearning_rate = inf\n",
                                         "[training]\nepochs = 2\nepochs = 3\n", "[training]\nepochs = '2'\n",
                                         "[training]\nepochs = 1979-05-27\n", "training = 3\n",
                                         "[[training]]\nepochs = 1\n", "[training]\nepochs = \n",
                                         "[tricks.pretrain.deeper]\nepochs = 1\n", "'' = 1\n", "extends = ''\n",
                                         "extends = 3\n", std::string(50 << 20, '#'), std::string(1 << 20, '['),
                                         "a = " + std::string(100000, '{')));

TEST_F(Loading, refuses_missing_files_and_folders) {
    write("x.toml/inner.toml", "");
    EXPECT_EQ(refused("nowhere.toml").code(), ExitCode::recipe);
    EXPECT_EQ(refused("nowhere").code(), ExitCode::recipe);
    EXPECT_EQ(refused("").code(), ExitCode::recipe);
    EXPECT_THAT(refused("x.toml").what(), HasSubstr("is not a file"));
    EXPECT_THAT(refused(folder_.path().string()).what(), HasSubstr("is a folder, not a recipe"));
}

TEST(ParseRecipe, refuses_extends) {
    EXPECT_EQ(refusal_of([] { parse_recipe("extends = 'base/cifar10'\n", "x.toml"); }).place(), "x.toml:1:1");
}

TEST(ParseRecipe, takes_its_place_as_its_name) {
    EXPECT_EQ(parse_recipe("", "x.toml").name(), "x.toml");
}

}  // namespace
}  // namespace dsqbench
