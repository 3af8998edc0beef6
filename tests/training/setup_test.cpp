#include "suite/training/setup.h"

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

Recipe recipe_with(const std::string& key, const nlohmann::json& value) {
    Recipe recipe;
    recipe.set("quantization.weight", "dsq", "test");
    recipe.set("quantization.activation", "dsq", "test");
    recipe.set("quantization.weight_bits", 2, "test");
    recipe.set("quantization.activation_bits", 2, "test");
    recipe.set(key, value, "test");
    return recipe;
}

std::string refusal(const Recipe& recipe) {
    const Error error = refusal_of([&] { check_plugins(recipe); });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    return error.what();
}

TEST(Setup, names_of_plugins_are_checked) {
    for (const char* key : {"data.name", "model.name", "quantization.weight", "quantization.activation"})
        EXPECT_THAT(refusal(recipe_with(key, "nothing")), testing::HasSubstr("nothing")) << key;
    EXPECT_THAT(refusal(recipe_with("tricks.nothing.x", 1)), testing::HasSubstr("nothing"));
    EXPECT_THAT(refusal(recipe_with("quantization.weight", "pact")), testing::HasSubstr("pact"));
}

TEST(Setup, options_of_plugins_are_checked_with_their_values) {
    EXPECT_NO_THROW(check_plugins(recipe_with("quantization.options.dsq.alpha", 0.3)));
    EXPECT_NE(refusal(recipe_with("quantization.options.dsq.alpha", 0.9)), "");
    EXPECT_NE(refusal(recipe_with("quantization.options.dsq.alpha", "much")), "");
    EXPECT_NE(refusal(recipe_with("quantization.options.dsq.aleph", 0.3)), "");
    EXPECT_NO_THROW(check_plugins(recipe_with("tricks.ema.decay", 0.9)));
    EXPECT_NE(refusal(recipe_with("tricks.ema.decay", 2.0)), "");
}

TEST(Setup, values_for_a_quantizer_that_the_recipe_does_not_use_wait_until_it_does) {
    EXPECT_NO_THROW(check_plugins(recipe_with("quantization.options.ewgs.delta", -5.0)));
}

}  // namespace
}  // namespace dsqbench
