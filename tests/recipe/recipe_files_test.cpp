#include "suite/recipe/recipe_files.h"

#include <gmock/gmock.h>

#include <fstream>

#include "suite/recipe/recipe.h"
#include "tests/refusal.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RecipeFiles : public testing::Test {
protected:
    RecipeFiles() {
        for (const char* name : {"fmnist/quick.toml", "cifar10/slow.toml", "base/cifar10.toml", "claims/one.toml",
                                 "kernels/shapes.toml", "cifar10/notes.md"}) {
            std::filesystem::create_directories((folder_ / name).parent_path());
            std::ofstream(folder_ / name) << "";
        }
    }
    TemporaryFolder folder_;
};

TEST_F(RecipeFiles, are_sorted_and_leave_out_parts_and_other_data) {
    EXPECT_THAT(recipe_files(folder_.path()),
                ElementsAre(folder_ / "cifar10/slow.toml", folder_ / "fmnist/quick.toml"));
    EXPECT_THAT(recipe_files(folder_ / "base"), ElementsAre(folder_ / "base/cifar10.toml"));
    EXPECT_EQ(refusal_of([&] { recipe_files(folder_ / "nowhere"); }).code(), ExitCode::recipe);
}

TEST_F(RecipeFiles, are_found_by_name_by_folder_and_by_path) {
    EXPECT_EQ(find_recipe("quick", folder_.path()), folder_ / "fmnist/quick.toml");
    EXPECT_EQ(find_recipe("fmnist/quick", folder_.path()), folder_ / "fmnist/quick.toml");
    EXPECT_EQ(find_recipe("base/cifar10", folder_.path()), folder_ / "base/cifar10.toml");
    EXPECT_EQ(find_recipe((folder_ / "fmnist/quick.toml").string(), "elsewhere"), folder_ / "fmnist/quick.toml");
}

TEST_F(RecipeFiles, suggest_the_nearest_name) {
    EXPECT_EQ(refusal_of([&] { find_recipe("quikc", folder_.path()); }).hint(), "did you mean 'quick'?");
}

TEST_F(RecipeFiles, of_one_name_are_told_apart_by_folder) {
    std::filesystem::copy(folder_ / "fmnist/quick.toml", folder_ / "cifar10/quick.toml");
    EXPECT_THAT(refusal_of([&] { find_recipe("quick", folder_.path()); }).what(),
                HasSubstr("two recipes are called 'quick'"));
    EXPECT_EQ(find_recipe("cifar10/quick", folder_.path()), folder_ / "cifar10/quick.toml");
}

TEST_F(RecipeFiles, have_one_name_however_their_path_is_spelled) {
    const auto file = folder_ / "fmnist/quick.toml";
    EXPECT_EQ(recipe_name(file, folder_.path()), "quick");
    EXPECT_EQ(recipe_name(file, folder_ / "cifar10"), "quick");
    EXPECT_EQ(recipe_name("./quick.toml", folder_.path()), "quick");
    for (const std::string& spelled :
         {std::string("quick"), std::string("fmnist/quick"), file.string(), std::string("./gone/quick.toml")})
        EXPECT_EQ(recipe_name_of(spelled, folder_.path()), "quick");
    EXPECT_EQ(recipe_name_of("quick@lsq", folder_.path()), "quick@lsq") << "of an era";
}

TEST_F(RecipeFiles, are_shown_relative_to_the_working_folder) {
    EXPECT_EQ(shown_path(std::filesystem::current_path() / "recipes" / "x.toml"), "recipes/x.toml");
    EXPECT_EQ(shown_path(folder_ / "base/cifar10.toml"), (folder_ / "base/cifar10.toml").string());
}

}  // namespace
}  // namespace dsqbench
