#include "suite/cli/ablation.h"

#include <algorithm>

#include "suite/cli/folders.h"

namespace dsqbench {

namespace {

constexpr std::size_t pilot_seeds = 3;
// Of the trials of --tune: none of the seeds that a study counts with.
constexpr std::uint64_t tuning_seed = 1000;

}  // namespace

void add_ablation_options(CLI::App& command, AblationArguments& arguments) {
    add_option(command, "--recipe", arguments.recipe, "a recipe with a design: see `dsqbench ls ablations`")
        ->required();
    add_option(command, "--seeds", arguments.seeds, "as 0..5 or 1,3; the recipe's by default");
    add_option(command, "--set", arguments.overrides, "override a recipe key in all cells: training.epochs=3")
        ->allow_extra_args(false);
    auto* pilot =
        add_flag(command, "--pilot", arguments.pilot, "train four cells with three seeds, then plan with their spread");
    add_option(
        command, "--tune", arguments.tune,
        "search a key in every cell on held-out images, training.learning_rate=0.02,0.05,0.1, and print both cards")
        ->allow_extra_args(false)
        ->excludes(pilot);
    add_launch_options(command, arguments.launch);
}

Ablation load_ablation(const AblationArguments& arguments, const Session& session) {
    const auto folder = recipes_folder_of(session);
    Ablation ablation;
    ablation.recipe = load_recipe(arguments.recipe, folder, arguments.overrides);
    ablation.design = design_of(ablation.recipe);
    ablation.cells = cells_of(ablation.recipe, ablation.design, folder);
    ablation.seeds = parse_seeds(arguments.seeds.empty() ? ablation.recipe.text("seeds") : arguments.seeds);
    return ablation;
}

Ablation pilot_of(const Ablation& ablation) {
    const Cell algorithm = ablation.design.members(FactorGroup::algorithm),
               recipe = ablation.design.members(FactorGroup::recipe);
    Ablation pilot = ablation;
    pilot.cells.clear();
    for (const auto& cell : ablation.cells)
        for (const Cell corner : {Cell{0}, algorithm, recipe, algorithm | recipe})
            if (cell.cell == corner) pilot.cells.push_back(cell);
    pilot.seeds.resize(std::min(pilot_seeds, pilot.seeds.size()));
    return pilot;
}

Ablation search_of(const Ablation& ablation, const std::vector<TuningTrial>& trials) {
    Ablation search = ablation;
    search.cells.clear();
    for (const auto& trial : trials) search.cells.push_back(trial.trial);
    search.seeds = {tuning_seed};
    return search;
}

std::vector<RunRequest> missing_requests(const Ablation& ablation, const std::vector<Row>& stored) {
    const CellRows rows = rows_of_cells(ablation.cells, ablation.seeds, stored);
    std::vector<RunRequest> missing;
    for (std::size_t i = 0; i < ablation.cells.size(); ++i)
        for (const std::uint64_t seed : ablation.seeds)
            if (rows[i].count(seed) == 0) missing.push_back({ablation.cells[i].label, ablation.cells[i].recipe, seed});
    std::stable_sort(missing.begin(), missing.end(), [](const auto& a, const auto& b) { return a.seed < b.seed; });
    return missing;
}

}  // namespace dsqbench
