#include <gmock/gmock.h>

#include "suite/recipe/recipe.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Recipe with(const std::string& key, const Json& value) {
    Recipe recipe;
    recipe.set(key, value, "test");
    return recipe;
}

TEST(Canonical, is_sorted_json_without_white_space) {
    const std::string text = Recipe().canonical();
    EXPECT_THAT(text, StartsWith("{\"augment.flip\":true,\"augment.mean\":[],\"augment.pad\":4,"));
    EXPECT_THAT(text, HasSubstr("\"training.epsilon\":1e-08,\"training.final_learning_rate\":0.0,"));
    EXPECT_EQ(text.find(' '), std::string::npos);
}

TEST(Canonical, ignores_key_order_and_origin) {
    const Recipe one = parse_recipe("[training]\nepochs = 3\ngamma = 0.5\n[model]\nwidth = 8\n", "one");
    const Recipe two = parse_recipe("model.width = 8\ntraining = {gamma = 5e-1, epochs = 3}\n", "two");
    EXPECT_EQ(one.canonical(), two.canonical());
    EXPECT_EQ(one.recipe_id(), two.recipe_id());
}

TEST(Canonical, writes_reals_as_reals) {
    EXPECT_EQ(with("training.learning_rate", 1).recipe_id(), with("training.learning_rate", 1.0).recipe_id());
    EXPECT_EQ(with("augment.mean", Json::array({0})).canonical(),
              with("augment.mean", Json::array({-0.0})).canonical());
}

TEST(Canonical, writes_both_spellings_of_a_quantizer_option_alike) {
    const Recipe quoted = parse_recipe("[quantization.options]\n'dsq.eq13' = 'soft'\n", "");
    const Recipe nested = parse_recipe("[quantization.options.dsq]\neq13 = 'soft'\n", "");
    EXPECT_EQ(quoted.recipe_id(), nested.recipe_id());
    EXPECT_NE(quoted.recipe_id(), Recipe().recipe_id());
}

TEST(Canonical, leaves_out_the_study) {
    EXPECT_EQ(with("seeds", "0..4").recipe_id(), Recipe().recipe_id());
    EXPECT_EQ(with("description", "other").recipe_id(), Recipe().recipe_id());
    EXPECT_EQ(with("expect.dsq.value", 88.4).recipe_id(), Recipe().recipe_id());
    EXPECT_EQ(with("contenders", Json::array({"dsq"})).recipe_id(), Recipe().recipe_id());
    EXPECT_THAT(Recipe().canonical(), Not(HasSubstr("contenders")));
}

TEST(Canonical, tells_recipes_apart_by_every_other_key) {
    for (const Key& key : schema()) {
        if (key.group == KeyGroup::study || key.type != ValueType::integer) continue;
        const auto smallest = static_cast<std::int64_t>(key.minimum);
        const auto value = key.default_value == smallest ? smallest + 1 : smallest;
        EXPECT_NE(with(key.name, value).recipe_id(), Recipe().recipe_id()) << key.name;
        EXPECT_NE(with(key.name, value).protocol_id(), Recipe().protocol_id()) << key.name;
    }
}

TEST(Canonical, leaves_out_late_keys_that_nobody_set) {
    EXPECT_THAT(Recipe().canonical(), Not(HasSubstr("data.image_size")));
    EXPECT_EQ(with("data.image_size", 224).recipe_id(), Recipe().recipe_id());
    const Recipe smaller = with("data.image_size", 192);
    EXPECT_THAT(smaller.canonical(), HasSubstr("\"data.image_size\":192"));
    EXPECT_EQ(Recipe::from_canonical(smaller.canonical(), "x").canonical(), smaller.canonical());
}

// Rows are stored under it: whoever changes it makes them rows of another protocol.
TEST(ProtocolId, of_stored_rows_stays) {
    EXPECT_EQ(load_recipe("fmnist_r8_w2a2", DSQBENCH_SOURCE_DIR "/recipes").protocol_id(),
              "ee11940d70049b60a4b76c64a37f995ce428189ea0a8857452eada91a05166fb");
}

TEST(ProtocolId, leaves_out_the_two_quantizers_and_nothing_else) {
    const Recipe dsq = with("quantization.weight", "dsq"), pact = with("quantization.activation", "pact");
    EXPECT_EQ(dsq.protocol_id(), pact.protocol_id());
    EXPECT_NE(dsq.recipe_id(), pact.recipe_id());
    EXPECT_NE(with("tricks.ema.decay", 0.9).protocol_id(), Recipe().protocol_id());
    EXPECT_NE(with("quantization.options.dsq.alpha", 0.2).protocol_id(), Recipe().protocol_id());
}

TEST(FromCanonical, gives_the_same_recipe_back) {
    const Recipe recipe = parse_recipe(
        "[training]\nlearning_rate = 0.30000000000000004\n[tricks.pretrain]\nepochs = 1\nlearning_rate = 1\n"
        "[tricks.ema]\n[augment]\nmean = [0.5]\nstandard_deviation = [0.25]\n",
        "x.toml");
    const Recipe copy = Recipe::from_canonical(recipe.canonical(), "copy");
    EXPECT_EQ(copy.canonical(), recipe.canonical());
    EXPECT_EQ(copy.name(), "copy");
}

TEST(FromCanonical, refuses_what_canonical_does_not_write) {
    Json study = Json::parse(Recipe().canonical()), lacking = study, unknown = study, wrong = study;
    study["seeds"] = "0";
    lacking.erase("training.epochs");
    unknown["training.lr"] = 1;
    wrong["training.epochs"] = 0;
    for (const std::string& text : {std::string("{"), std::string("[]"), std::string(1 << 20, '['), study.dump(),
                                    lacking.dump(), unknown.dump(), wrong.dump()})
        EXPECT_EQ(refusal_of([&] { Recipe::from_canonical(text, "x"); }).code(), ExitCode::recipe)
            << text.substr(0, 99);
}

}  // namespace
}  // namespace dsqbench
