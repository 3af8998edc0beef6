#include <gtest/gtest.h>
#include <stdlib.h>

#include "suite/recipe/recipe.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

// The working folder and the environment belong to the whole process: restored whatever the test does.
class DefaultRecipesFolder : public testing::Test {
protected:
    DefaultRecipesFolder() { ::unsetenv("DSQBENCH_RECIPES_DIR"); }
    ~DefaultRecipesFolder() override {
        std::filesystem::current_path(before_);
        ::unsetenv("DSQBENCH_RECIPES_DIR");
    }

    std::filesystem::path before_ = std::filesystem::current_path();
    TemporaryFolder folder_;
};

TEST_F(DefaultRecipesFolder, is_what_the_environment_says) {
    ::setenv("DSQBENCH_RECIPES_DIR", "/some/where", 1);
    EXPECT_EQ(default_recipes_folder(), "/some/where");
}

TEST_F(DefaultRecipesFolder, is_found_upwards_from_the_working_folder) {
    std::filesystem::create_directories(folder_ / "recipes/base");
    std::filesystem::create_directories(folder_ / "a/b");
    std::filesystem::current_path(folder_ / "a/b");
    EXPECT_TRUE(std::filesystem::equivalent(default_recipes_folder(), folder_ / "recipes"));
}

TEST_F(DefaultRecipesFolder, is_the_one_of_the_build_elsewhere) {
    std::filesystem::create_directories(folder_ / "recipes/pasta");
    std::filesystem::current_path(folder_.path());
    EXPECT_TRUE(std::filesystem::equivalent(default_recipes_folder(), DSQBENCH_SOURCE_DIR "/recipes"));
}

}  // namespace
}  // namespace dsqbench
