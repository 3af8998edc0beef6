#include "suite/cli/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kernels/api/budget.h"
#include "suite/cli/folders.h"
#include "suite/core/text.h"
#include "suite/recipe/design.h"
#include "suite/recipe/recipe.h"
#include "suite/record/row_line.h"

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

// One pass over the store, however many claims there are.
std::vector<Row> rows_for(const std::vector<Claim>& claims, const fs::path& results) {
    std::set<std::string> recipes;
    bool kernels = false;
    for (const Claim& claim : claims) {
        for (const auto& recipe : recipes_of(claim)) recipes.insert(recipe);
        kernels = kernels || needs_kernel_rows(claim);
    }
    std::vector<Row> rows;
    ResultStore(results).visit([&](const RowLine& line) {
        const bool is_kernel = line.text("kind") == "kernel";
        if (is_kernel ? kernels : recipes.count(line.text("recipe")) > 0) rows.push_back(line.row());
    });
    return rows;
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

std::vector<JudgedClaim> judged_claims(const Session& session, const std::vector<std::string>& names) {
    const fs::path recipes = recipes_folder_of(session);
    const auto claims = chosen_claims(recipes / "claims", names);
    Evidence evidence;
    evidence.rows = rows_for(claims, session.results_folder);
    evidence.published = published_in(published_folder_of(session));
    evidence.protocol_of = [&recipes](const std::string& recipe) { return load_recipe(recipe, recipes).protocol_id(); };
    evidence.recipe_id_of_cell = [&recipes](const std::string& recipe, const std::string& cell) {
        return recipe_id_of_cell(recipe, cell, recipes);
    };
    evidence.base = fs::current_path();
    evidence.facts = known_facts();
    std::vector<JudgedClaim> judged;
    for (const Claim& claim : claims) judged.push_back({claim, judge(claim, evidence)});
    return judged;
}

}  // namespace dsqbench
