// Claims about how much of a gain is the training recipe's.
#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/report/claim_rules.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

using Kind = VerdictKind;

struct Cell {
    ValuesBySeed top1;
    std::string missing;
    std::vector<std::string> row_ids;
    std::vector<Row> rows;
};

// Cells of a design are of different protocols on purpose: a row is of a cell when it has the recipe_id that the cell
// has now.
Cell cell_of(const std::string& recipe_and_label, const Evidence& evidence) {
    const auto colon = recipe_and_label.find(':');
    const std::string recipe = recipe_and_label.substr(0, colon);
    const std::string label = colon == std::string::npos ? "" : recipe_and_label.substr(colon + 1);
    std::string recipe_id;
    try {
        recipe_id = evidence.recipe_id_of_cell(recipe, label);
    } catch (const Error& error) {
        return {{}, fmt::format("the cell '{}' ({})", recipe_and_label, error.message()), {}, {}};
    }
    std::vector<Row> rows;
    for (const Row& row : evidence.rows)
        if (text_of(row, "recipe_id") == recipe_id && row.at("publishable").get<bool>() &&
            text_of(row, "evaluated_on") == "test")
            rows.push_back(row);
    if (rows.empty()) return {{}, fmt::format("rows of {} in {}", label, recipe), {}, {}};
    const Contestant contestant = contestants(rows).front();
    return {converged_values(contestant, "top1"), {}, ids_of({&contestant}), rows};
}

// The part of the gain from (old algorithm, old recipe) to (new, new) that is the recipe's, each order of the two steps
// counted half (Shapley), lies between `low` and `high`. share >= low is tested as recipe - low * gain >= 0, which is
// linear and needs no division (Fieller).
ClaimVerdict judge_share(const Claim& claim, const Evidence& evidence) {
    const TomlFields& rule = claim.rule;
    std::vector<Cell> cells;
    std::vector<std::string> lacking;
    ClaimVerdict verdict;
    for (const char* name : {"old_old", "old_new", "new_old", "new_new"}) {  // algorithm, recipe
        cells.push_back(cell_of(rule.text(name), evidence));
        if (!cells.back().missing.empty()) lacking.push_back(cells.back().missing);
        verdict.row_ids.insert(verdict.row_ids.end(), cells.back().row_ids.begin(), cells.back().row_ids.end());
    }
    if (!lacking.empty()) return missing(join(lacking, "; "));
    std::vector<Row> rows;
    for (const Cell& cell : cells) rows.insert(rows.end(), cell.rows.begin(), cell.rows.end());
    require_same_data(rows);
    std::vector<double> gains, above_low, above_high, recipes;
    for (const auto& [seed, oo] : cells[0].top1) {
        const auto on = cells[1].top1.find(seed), no = cells[2].top1.find(seed), nn = cells[3].top1.find(seed);
        if (on == cells[1].top1.end() || no == cells[2].top1.end() || nn == cells[3].top1.end()) continue;
        const double gain = nn->second - oo, recipe = ((on->second - oo) + (nn->second - no->second)) / 2;
        gains.push_back(gain);
        recipes.push_back(recipe);
        above_low.push_back(recipe - rule.real("low") * gain);
        above_high.push_back(recipe - rule.real("high") * gain);
    }
    if (gains.empty()) return missing("a seed on which all four cells converged");
    const Difference gain = with_interval(gains), recipe = with_interval(recipes);
    verdict.reason = fmt::format("gain {} points, of it the recipe {}, {}", difference_text(gain, 2),
                                 difference_text(recipe, 2), seeds_text(gain));
    verdict.kind = Kind::undecided;
    if (side_of(gain, 0) != Kind::holds) {
        verdict.reason += "; no share of a gain that is not clearly above 0";
        return verdict;
    }
    const Kind low = side_of(with_interval(above_low), 0), high = side_of(with_interval(above_high), 0);
    if (low == Kind::holds && high == Kind::does_not_hold) verdict.kind = Kind::holds;
    if (low == Kind::does_not_hold || high == Kind::holds) verdict.kind = Kind::does_not_hold;
    return verdict;
}

}  // namespace

ClaimVerdict judge_recipe_share(const Claim& claim, const Evidence& evidence) {
    return undecided_where_rows_disagree([&] { return judge_share(claim, evidence); });
}

}  // namespace dsqbench
