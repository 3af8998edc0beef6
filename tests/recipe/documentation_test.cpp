#include "suite/recipe/documentation.h"

#include <gmock/gmock.h>

#include "suite/core/file_system.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

TEST(RecipeReference, is_what_the_documentation_holds) {
    EXPECT_EQ(recipe_reference(), read_file(DSQBENCH_SOURCE_DIR "/docs/recipes.md"))
        << "run: dsqbench show keys --markdown > docs/recipes.md";
}

TEST(RecipeReference, has_a_row_for_every_key) {
    const std::string text = recipe_reference();
    for (const Key& key : schema()) EXPECT_THAT(text, HasSubstr("\n| `" + key.name + "` | "));
}

TEST(ListedValues, hold_every_key_and_every_option) {
    Recipe recipe;
    recipe.set("tricks.pretrain.epochs", 3, "here");
    recipe.set("tricks.ema", true, "there");
    std::map<std::string, std::string> origins;
    for (const ListedValue& line : listed_values(recipe)) origins[line.name] = line.origin;
    EXPECT_EQ(origins.size(), schema().size() + 1);
    EXPECT_EQ(origins.at("tricks.pretrain.epochs"), "here");
    EXPECT_EQ(origins.at("tricks.ema"), "there");
    EXPECT_EQ(origins.at("training.epochs"), "default");
}

TEST(Explanation, says_unit_range_and_meaning) {
    EXPECT_EQ(explanation(schema_key("training.epochs")),
              "epochs, an integer from 1 to 10000: how often every training image is seen");
}

}  // namespace
}  // namespace dsqbench
