// The recipes in recipes/.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "suite/recipe/matrix.h"

namespace dsqbench {
namespace {

const std::filesystem::path folder = DSQBENCH_SOURCE_DIR "/recipes";

TEST(ShippedRecipes, load_and_say_what_they_are_for) {
    const auto files = recipe_files(folder);
    EXPECT_FALSE(files.empty());
    for (const auto& file : files) {
        const Recipe recipe = load_recipe(file.string(), folder);
        EXPECT_FALSE(recipe.text("description").empty()) << file;
        EXPECT_FALSE(recipe.texts("contenders").empty()) << file;
    }
}

TEST(ShippedRecipes, have_names_and_protocols_of_their_own) {
    std::map<std::string, std::filesystem::path> names, protocols;
    for (const auto& file : recipe_files(folder)) {
        EXPECT_TRUE(names.emplace(file.stem().string(), file).second) << file;
        const auto [same, fresh] = protocols.emplace(load_recipe(file.string(), folder).protocol_id(), file);
        EXPECT_TRUE(fresh) << file << " is the protocol of " << same->second;
    }
}

TEST(ShippedRecipes, expect_numbers_with_a_source_of_contenders_that_they_have) {
    for (const auto& file : recipe_files(folder)) {
        const Recipe recipe = load_recipe(file.string(), folder);
        const auto contenders = recipe.texts("contenders");
        for (const auto& [label, expected] : recipe.value("expect").items()) {
            EXPECT_EQ(std::count(contenders.begin(), contenders.end(), label), 1) << file << " expects " << label;
            EXPECT_TRUE(expected.at("value").is_number() && expected.at("tolerance").is_number())
                << file << " " << label;
            EXPECT_FALSE(expected.at("source").get<std::string>().empty()) << file << " " << label;
        }
    }
}

}  // namespace
}  // namespace dsqbench
