#include "suite/cli/attribution_cards.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/cli/folders.h"
#include "suite/core/error.h"
#include "suite/recipe/recipe_files.h"

namespace dsqbench {

AttributionCards::AttributionCards(const Session& session) {
    const auto folder = recipes_folder_of(session);
    for (const auto& file : ablation_files(folder)) try {
            Study study;
            study.recipe = load_recipe(file.string(), folder);
            study.design = design_of(study.recipe);
            study.cells = cells_of(study.recipe, study.design, folder);
            studies_.emplace(study.recipe.name(), std::move(study));
        } catch (const Error& error) {
            fmt::print(stderr, "dsqbench: note: no attribution card: {}\n", error.what());
        }
}

void AttributionCards::add(const RowLine& row) {
    if (row.text("kind") != "training") return;
    const auto study = studies_.find(row.text("recipe"));
    if (study != studies_.end()) study->second.rows.push_back(row.row());
}

AttributionCards::Built AttributionCards::build() const {
    Built built;
    for (const auto& [name, study] : studies_) {
        const auto seeds = parse_seeds(study.recipe.text("seeds"));
        const CellRows rows = rows_of_cells(study.cells, seeds, study.rows);
        const bool any = std::any_of(rows.begin(), rows.end(), [](const auto& cell) { return !cell.empty(); });
        if (any) try {
                built.cards.push_back(attribution_card(study.recipe, study.design, study.cells, seeds, rows));
            } catch (const Error& error) {
                if (error.code() != ExitCode::failed) throw;
                built.refused.push_back(name + ": " + error.message());
            }
    }
    return built;
}

}  // namespace dsqbench
