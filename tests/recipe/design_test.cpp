#include "suite/recipe/design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/recipe/recipe_files.h"
#include "tests/refusal.h"

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path shipped = DSQBENCH_SOURCE_DIR "/recipes";

constexpr const char* two_by_two = R"(
[design.quantizers]
none = "ste"
soft_gradient = "dsq-alpha"
[design.factors.soft_gradient]
group = "algorithm"
[design.factors.decay]
group = "recipe"
old = ["training.weight_decay=2e-4"]
new = ["training.weight_decay=0.0"]
)";

std::string changed(const std::string& from, const std::string& to) {
    std::string text = two_by_two;
    text.replace(text.find(from), from.size(), to);
    return text;
}

std::string refusal(const std::string& text) {
    const Error error = refusal_of([&] {
        const Recipe recipe = parse_recipe(text, "x.toml");
        cells_of(recipe, design_of(recipe), shipped);
    });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    return error.what();
}

TEST(Design, makes_a_recipe_of_every_cell) {
    const Recipe recipe = parse_recipe(two_by_two, "x.toml");
    const Design design = design_of(recipe);
    const auto cells = cells_of(recipe, design, shipped);
    std::vector<std::string> labels;
    for (const auto& cell : cells) labels.push_back(cell.label);
    EXPECT_THAT(labels, ElementsAre("none", "soft_gradient", "decay", "soft_gradient+decay"));
    EXPECT_EQ(cells[3].recipe.text("quantization.weight"), "dsq-alpha");
    EXPECT_DOUBLE_EQ(cells[3].recipe.real("training.weight_decay"), 0);
    EXPECT_EQ(cells[2].recipe.text("quantization.activation"), "ste");
    EXPECT_EQ(cells[0].recipe.protocol_id(), cells[1].recipe.protocol_id())
        << "the algorithm is no part of the protocol";
    EXPECT_NE(cells[0].recipe.protocol_id(), cells[2].recipe.protocol_id());
}

// What makes rows of different protocols comparable here: any two cells differ in what the factors name and nothing
// else.
TEST(Design, cells_differ_in_nothing_that_no_factor_names) {
    for (const auto& file : ablation_files(shipped)) {
        const Recipe recipe = load_recipe(file.string(), shipped);
        const Design design = design_of(recipe);
        const auto cells = cells_of(recipe, design, shipped);
        for (std::size_t factor = 0; factor < design.factors.size(); ++factor)
            for (const auto& cell : cells) {
                if (cell.cell >> factor & 1u) continue;
                for (const auto& other : cells) {
                    if (other.cell != (cell.cell | Cell{1} << factor)) continue;
                    std::vector<std::string> changed_keys;
                    for (const Key& key : schema())
                        if (cell.recipe.value(key.name) != other.recipe.value(key.name))
                            changed_keys.push_back(key.name);
                    for (const auto& key : changed_keys) {
                        const bool of_contender = key == "quantization.weight" || key == "quantization.activation";
                        bool named = of_contender && (design.contender_factors >> factor & 1u);
                        for (const auto& level : {design.factors[factor].old_level, design.factors[factor].new_level})
                            for (const auto& setting : level)
                                named = named || setting.rfind("era=", 0) == 0 || setting.rfind(key, 0) == 0;
                        EXPECT_TRUE(named) << file << ": " << design.factors[factor].name << " changes " << key;
                    }
                }
            }
    }
}

TEST(Design, an_era_may_be_a_level) {
    const Recipe recipe =
        parse_recipe(changed("old = [\"training.weight_decay=2e-4\"]", "old = [\"era=pact-2018\"]"), "x.toml");
    const auto cells = cells_of(recipe, design_of(recipe), shipped);
    EXPECT_EQ(cells[0].recipe.text("training.schedule"), "step");
    EXPECT_EQ(cells[2].recipe.text("training.schedule"), "cosine") << "the recipe's own";
    EXPECT_EQ(cells[0].recipe.name(), "x.toml");
}

TEST(Design, of_a_half_has_half_the_cells) {
    std::string text = two_by_two;
    for (const char* name : {"a", "b", "c"})
        text += std::string("[design.factors.") + name + "]\ngroup = \"recipe\"\nnew = [\"tricks.ema.decay=0." +
                std::to_string(name[0] - 'a' + 1) + "\"]\n";
    text += "[design]\nfraction = \"half\"\n";
    EXPECT_THAT(refusal(text), HasSubstr("one and the same training")) << "two of the factors overwrite each other";
    EXPECT_EQ(design_of(parse_recipe(text, "x.toml")).cells.size(), 16u);
    EXPECT_THAT(refusal(std::string(two_by_two) + "[design]\nfraction = \"half\"\n"), HasSubstr("a half of 2 factors"));
}

TEST(Design, refuses_what_cannot_be_told_apart) {
    EXPECT_THAT(refusal(changed("new = [\"training.weight_decay=0.0\"]", "new = [\"training.weight_decay=2e-4\"]")),
                HasSubstr("are the same"));
    EXPECT_THAT(refusal(changed("dsq-alpha", "ste")), HasSubstr("one and the same training"));
    EXPECT_THAT(refusal(changed("soft_gradient = \"dsq-alpha\"", "")), HasSubstr("soft_gradient"));
    EXPECT_THAT(refusal(changed("soft_gradient = \"dsq-alpha\"", "sof_gradient = \"dsq\"")),
                HasSubstr("did you mean 'soft_gradient'"));
    EXPECT_THAT(refusal(changed("group = \"recipe\"", "group = \"algorithm\"")),
                HasSubstr("no factor of the group 'recipe'"));
    EXPECT_THAT(refusal(changed("group = \"recipe\"", "group = \"both\"")),
                HasSubstr("must be 'algorithm' or 'recipe'"));
    EXPECT_THAT(refusal(changed("group = \"recipe\"", "grop = \"recipe\"")), HasSubstr("has no group"));
    EXPECT_THAT(refusal(changed("old = [\"training.weight_decay=2e-4\"]", "old = [1]")), HasSubstr("a list of texts"));
    EXPECT_THAT(refusal(changed("weight_decay=0.0", "weight_dcay=0.0")), HasSubstr("did you mean"));
    EXPECT_THAT(refusal("[design.quantizers]\nnone = \"ste\""), HasSubstr("declares no design"));
}

TEST(ShippedAblations, have_designs_and_say_what_they_are_for) {
    const auto files = ablation_files(shipped);
    EXPECT_FALSE(files.empty());
    for (const auto& file : files) {
        const Recipe recipe = load_recipe(file.string(), shipped);
        EXPECT_EQ(recipe.name(), "ablations/" + file.stem().string());
        EXPECT_FALSE(recipe.text("description").empty()) << file;
        EXPECT_NO_THROW(cells_of(recipe, design_of(recipe), shipped)) << file;
        EXPECT_GE(parse_seeds(recipe.text("seeds")).size(), 6u)
            << file << ": sign flips cannot reach p < 0.05 with less";
    }
}

// Pre-training is common to all cells that have it: it must not depend on a factor.
TEST(ShippedAblations, share_their_pretraining) {
    for (const auto& file : ablation_files(shipped)) {
        const Recipe recipe = load_recipe(file.string(), shipped);
        std::set<std::string> pretrainings;
        for (const auto& cell : cells_of(recipe, design_of(recipe), shipped))
            if (const auto pretraining = pretraining_of(cell.recipe)) pretrainings.insert(pretraining->recipe_id());
        EXPECT_EQ(pretrainings.size(), 1u) << file;
    }
}

}  // namespace
}  // namespace dsqbench
