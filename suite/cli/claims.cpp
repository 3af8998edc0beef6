#include "suite/cli/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/api/budget.h"
#include "suite/cli/folders.h"
#include "suite/core/text.h"
#include "suite/recipe/design.h"
#include "suite/recipe/recipe.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

std::vector<Claim> chosen_claims(const fs::path& folder, const std::vector<std::string>& names) {
    std::vector<Claim> claims = claims_in(folder);
    if (names.empty()) return claims;
    std::vector<std::string> known;
    for (const Claim& claim : claims) known.push_back(claim.name);
    std::vector<Claim> chosen;
    for (const auto& name : names) {
        const auto found = std::find_if(claims.begin(), claims.end(), [&](const Claim& c) { return c.name == name; });
        if (found == claims.end())
            throw Error(ExitCode::usage, "unknown claim '" + name + "'", suggestion(name, known));
        chosen.push_back(*found);
    }
    return chosen;
}

// Products of two signed codes that an 8-bit lane holds, from the code ranges: table 1 of the DSQ paper.
std::map<std::string, double> known_facts() {
    std::map<std::string, double> facts;
    for (int bits = 2; bits <= 4; ++bits) {
        const int half = 1 << (bits - 1);
        const Range codes{-half, half - 1};
        facts[fmt::format("mla_per_widening_w{0}a{0}", bits)] = accumulations(product(codes, codes), signed_8_bit);
    }
    return facts;
}

std::string recipe_id_of_cell(const std::string& name, const std::string& label, const fs::path& recipes) {
    const Recipe recipe = load_recipe(name, recipes);
    for (const auto& cell : cells_of(recipe, design_of(recipe), recipes))
        if (cell.label == label) return cell.recipe.recipe_id();
    throw Error(ExitCode::recipe, fmt::format("the design of '{}' has no cell '{}'", name, label));
}

}  // namespace

ClaimJudge::ClaimJudge(const Session& session, const std::vector<std::string>& names)
    : recipes_folder_(recipes_folder_of(session)), claims_(chosen_claims(recipes_folder_ / "claims", names)) {
    for (const Claim& claim : claims_) {
        for (const auto& recipe : recipes_of(claim)) recipes_.insert(recipe);
        if (const std::string kernel = kernel_of(claim); !kernel.empty()) kernels_.insert(kernel);
    }
    evidence_.published = published_in(published_folder_of(session));
    evidence_.protocol_of = [this](const std::string& recipe) {
        return load_recipe(recipe, recipes_folder_).protocol_id();
    };
    evidence_.recipe_id_of_cell = [this](const std::string& recipe, const std::string& cell) {
        return recipe_id_of_cell(recipe, cell, recipes_folder_);
    };
    evidence_.base = fs::current_path();
    evidence_.facts = known_facts();
}

void ClaimJudge::add(const RowLine& row) {
    const bool counts =
        row.text("kind") == "kernel" ? kernels_.count(row.text("variant")) > 0 : recipes_.count(row.text("recipe")) > 0;
    if (counts) evidence_.rows.push_back(row.row());
}

std::vector<JudgedClaim> ClaimJudge::verdicts() const {
    std::vector<JudgedClaim> judged;
    for (const Claim& claim : claims_) judged.push_back({claim, judge(claim, evidence_)});
    return judged;
}

}  // namespace dsqbench
