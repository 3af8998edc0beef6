#include "suite/report/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/recipe/overrides.h"
#include "suite/report/contestant.h"
#include "suite/report/number_text.h"
#include "suite/report/text_table.h"

namespace dsqbench {

namespace {

const std::string origin = "--tune";

// "training.learning_rate=0.1,0.2" -> "training.learning_rate"
std::string key_of(const std::string& sweep) {
    return std::string(trim(std::string_view(sweep).substr(0, sweep.find('='))));
}

void check_sweep(const std::string& sweep) {
    const std::string key = key_of(sweep);
    for (const char* section : {"training.", "augment.", "tricks.", "quantization.options"})
        if (key.rfind(section, 0) == 0) return;
    throw Error(ExitCode::usage, "--tune cannot search '" + key + "'", "tune keys of training, augment or tricks");
}

// "a=1", "a=2" and "b=3", "b=4" -> all four pairs.
std::vector<std::vector<std::string>> combinations(const std::vector<std::string>& sweeps) {
    std::vector<std::vector<std::string>> all{{}};
    for (const std::string& sweep : sweeps) {
        check_sweep(sweep);
        std::vector<std::vector<std::string>> longer;
        for (const auto& settings : all)
            for (const std::string& setting : sweep_overrides(sweep)) {
                longer.push_back(settings);
                longer.back().push_back(setting);
            }
        all = std::move(longer);
    }
    return all;
}

Recipe with_settings(Recipe recipe, const std::string& settings) {
    for (const std::string& setting : split(settings, ' ')) apply_override(recipe, setting, origin);
    recipe.check_consistency();
    return recipe;
}

Recipe on_held_out_images(Recipe recipe) {
    std::int64_t held_out = recipe.integer("data.validation_images");
    if (held_out == 0) held_out = recipe.integer("data.train_images") / 10;
    if (held_out == 0)
        throw Error(ExitCode::recipe, "--tune needs images to hold out of the training set",
                    "add --set data.validation_images=5000", recipe.name());
    recipe.set("data.validation_images", held_out, origin);
    recipe.set("data.evaluate_on", "validation", origin);
    return recipe;
}

// A key that a factor sets too makes one training of two cells.
void require_distinct(const std::vector<TuningTrial>& trials, const Design& design,
                      const std::vector<std::string>& sweeps) {
    std::map<std::string, const DesignCell*> trial_of_id;
    std::vector<std::string> keys;
    for (const std::string& sweep : sweeps) keys.push_back(key_of(sweep));
    for (const TuningTrial& one : trials) {
        const DesignCell& trial = one.trial;
        const auto [same, fresh] = trial_of_id.emplace(trial.recipe.recipe_id(), &trial);
        if (fresh) continue;
        const Cell factors = same->second->cell ^ trial.cell;
        throw Error(
            ExitCode::recipe,
            fmt::format("--tune {} {}: '{}' and '{}' are one and the same training", join(keys, ", "),
                        factors == 0 ? "repeats itself" : "overrides the factor '" + design.label(factors) + "'",
                        same->second->label, trial.label),
            "tune a key that no factor sets", trial.recipe.name());
    }
}

// Is `a` the better choice?
bool is_better(const TuningTrial& a, const TuningTrial& b) {
    if (a.top1.empty() || b.top1.empty()) return !a.top1.empty();
    if ((a.not_converged == 0) != (b.not_converged == 0)) return a.not_converged == 0;
    return mean(a.top1) > mean(b.top1);
}

const TuningTrial& best_of(std::size_t cell, const std::string& label, const std::vector<TuningTrial>& trials) {
    const TuningTrial* best = nullptr;
    std::size_t not_converged = 0;
    for (const auto& trial : trials) {
        if (trial.cell != cell) continue;
        not_converged += trial.not_converged;
        if (best == nullptr || is_better(trial, *best)) best = &trial;
    }
    if (best != nullptr && !best->top1.empty()) return *best;
    if (not_converged > 0)
        throw Error(ExitCode::numeric, "none of the trials of the cell '" + label + "' converged",
                    "give --tune other values");
    throw Error(ExitCode::failed, "no trial of the cell '" + label + "' has a result");
}

// 1 for the best of the cells with the same recipe factors; 0 without a result.
std::size_t rank_of(const AttributionCard& card, std::size_t cell, Cell recipe_factors) {
    if (!card.cells[cell].mean) return 0;
    std::size_t rank = 1;
    for (const auto& other : card.cells) {
        const bool same_recipe = (other.cell & recipe_factors) == (card.cells[cell].cell & recipe_factors);
        rank += same_recipe && other.mean && *other.mean > *card.cells[cell].mean ? 1 : 0;
    }
    return rank;
}

}  // namespace

std::vector<TuningTrial> trials_of(const Design& design, const std::vector<DesignCell>& cells,
                                   const std::vector<std::string>& sweeps) {
    std::vector<TuningTrial> trials;
    const auto settings = combinations(sweeps);
    for (std::size_t i = 0; i < cells.size(); ++i)
        for (const auto& combination : settings) {
            const std::string setting = join(combination, " ");
            const Recipe recipe = on_held_out_images(with_settings(cells[i].recipe, setting));
            trials.push_back({i, setting, {cells[i].cell, "tune " + cells[i].label + " " + setting, recipe}, {}, 0});
        }
    require_distinct(trials, design, sweeps);
    return trials;
}

void score_trials(std::vector<TuningTrial>& trials, const std::vector<std::uint64_t>& seeds,
                  const std::vector<Row>& rows) {
    std::vector<DesignCell> cells;
    for (const auto& trial : trials) cells.push_back(trial.trial);
    const CellRows found = rows_of_cells(cells, seeds, rows);
    for (std::size_t i = 0; i < trials.size(); ++i)
        for (const auto& [seed, row] : found[i]) {
            if (converged(row))
                trials[i].top1.push_back(row.at("top1").get<double>());
            else
                ++trials[i].not_converged;
        }
}

std::vector<std::string> chosen_settings(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials) {
    std::vector<std::string> settings;
    for (std::size_t i = 0; i < cells.size(); ++i) settings.push_back(best_of(i, cells[i].label, trials).setting);
    return settings;
}

std::vector<DesignCell> tuned_cells(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials) {
    const auto settings = chosen_settings(cells, trials);
    std::vector<DesignCell> tuned = cells;
    for (std::size_t i = 0; i < cells.size(); ++i) tuned[i].recipe = with_settings(cells[i].recipe, settings[i]);
    return tuned;
}

std::vector<std::string> rank_changes(const Design& design, const AttributionCard& identical,
                                      const AttributionCard& tuned) {
    std::vector<std::string> changes;
    const Cell recipe_factors = design.members(FactorGroup::recipe);
    for (std::size_t i = 0; i < identical.cells.size(); ++i) {
        const std::size_t before = rank_of(identical, i, recipe_factors), after = rank_of(tuned, i, recipe_factors);
        if (before == after) continue;
        const Cell cell = identical.cells[i].cell;
        changes.push_back(fmt::format("algorithm {} under recipe {}: rank {}, tuned {}",
                                      design.label(cell & ~recipe_factors), design.label(cell & recipe_factors), before,
                                      after));
    }
    return changes;
}

std::string format_tuning(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials,
                          const std::vector<std::string>& changes) {
    const auto settings = chosen_settings(cells, trials);
    TextTable table;
    table.add_column("cell")
        .add_column("setting")
        .add_column("held-out top-1 %", TextTable::Align::right)
        .add_column("");
    for (const auto& trial : trials)
        table.add_row({cells[trial.cell].label, trial.setting,
                       trial.top1.empty() ? undefined_text : number_text(mean(trial.top1), 2),
                       (trial.setting == settings[trial.cell] ? "chosen" : "") +
                           (trial.not_converged > 0 ? fmt::format(" {} not converged", trial.not_converged) : "")});
    std::string text = table.aligned() + "\n";
    if (changes.empty()) return text + "no contender's rank changes with tuning\n";
    return text + "ranks that change with tuning:\n  " + join(changes, "\n  ") + "\n";
}

nlohmann::json tuning_json(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials,
                           const std::vector<std::string>& changes) {
    const auto settings = chosen_settings(cells, trials);
    nlohmann::json list = nlohmann::json::array();
    for (const auto& trial : trials)
        list.push_back({{"cell", cells[trial.cell].label},
                        {"setting", trial.setting},
                        {"recipe_id", trial.trial.recipe.recipe_id()},
                        {"held_out_top1", trial.top1},
                        {"not_converged", trial.not_converged},
                        {"chosen", trial.setting == settings[trial.cell]}});
    return {{"trials", list}, {"rank_changes", changes}};
}

}  // namespace dsqbench
