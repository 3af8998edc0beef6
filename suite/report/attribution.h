// The attribution card: how much of the gain in a factorial design is the algorithm, how much the recipe. Rows of
// different protocols meet here and nowhere else: the cells differ by design in exactly what their factors name, and
// rows are matched to cells by recipe_id (docs/decisions/0006-attribution.md).
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/recipe/design.h"
#include "suite/record/row.h"
#include "suite/report/anova.h"
#include "suite/report/contestant.h"
#include "suite/report/share.h"
#include "suite/report/significance.h"
#include "suite/report/verdict.h"

namespace dsqbench {

// The rows of a design: [cell in the order of design.cells][seed], one each.
using CellRows = std::vector<RowsBySeed>;

// Picks a design's rows out of all: publishable training rows with the recipe_id of a cell and one of the seeds, of
// several by add_newest().
CellRows rows_of_cells(const std::vector<DesignCell>& cells, const std::vector<std::uint64_t>& seeds,
                       const std::vector<Row>& rows);

// A factor or a group of them. Points are % top-1.
struct Contribution {
    std::string name, meaning;
    FactorGroup group = FactorGroup::recipe;
    Estimate value;  // a group's Shapley value; a factor's Owen value, its part of the group's
    std::optional<Share> share;
    Estimate first_in, last_in;                 // alone on top of all old; taken last
    Interval over_orders;                       // the smallest and the largest marginal over all sets of other factors
    std::optional<double> interaction_p_value;  // with the other group: the smallest of its pairs, after Holm
    std::optional<double> eta_squared, omega_squared;  // of the main effect; none for a group
    Estimate shapley;                                  // without groups
};

struct PairGain {
    std::size_t algorithm_factor = 0, recipe_factor = 0;  // indices of factors
    Estimate gain;                                        // of both together above their sum, mean over backgrounds
    std::optional<double> holm_p_value;
};

struct CellSummary {
    std::string label;
    Cell cell = 0;
    std::optional<double> mean, spread;  // top-1 over the seeds that converged; % and points
    std::size_t finished = 0, not_converged = 0;
};

struct AttributionCard {
    std::string recipe, description, dataset, model, bits;
    std::uint64_t model_width = 0, train_images = 0, epochs = 0;
    std::vector<std::uint64_t> seeds;     // complete in all cells, which the estimates are from
    std::vector<std::uint64_t> left_out;  // not: a run is missing or did not converge
    std::size_t missing_runs = 0, not_converged_runs = 0;
    bool half = false;
    double margin = 0;
    ErrorModel error_model = ErrorModel::pooled;
    std::vector<CellSummary> cells;
    std::vector<std::string> factor_names;
    std::vector<std::string> machines, commits;

    // From here on empty when no seed is complete.
    std::optional<double> all_old, all_new;  // % top-1
    Estimate gain;
    Contribution algorithm, recipe_group;
    std::vector<Contribution> factors;
    std::vector<PairGain> pairs;
    Estimate joint_gain;                                          // of the two groups, above their sum
    double equivalence_p_value = 1;                               // of the algorithm's value lying within the margin
    std::optional<double> sign_flip_p_value;                      // of the algorithm's value
    std::optional<Superiority> superiority_old, superiority_new;  // of the new algorithm, under either recipe
    std::optional<double> last_in_ratio;  // the algorithm's last-in over the gain: what MQBench's "20 %" is a kind of
    Anova anova;
    Verdict verdict;
};

// Throws Error(failed) when the rows come from different data.
AttributionCard attribution_card(const Recipe& recipe, const Design& design, const std::vector<DesignCell>& cells,
                                 const std::vector<std::uint64_t>& seeds, const CellRows& rows);

std::string format_table(const AttributionCard& card);  // for a terminal
std::string format_markdown(const AttributionCard& card);
std::string format_html(const AttributionCard& card);   // a page of its own, nothing loaded from elsewhere
std::string html_section(const AttributionCard& card);  // what that page holds below its heading
nlohmann::json to_json(const AttributionCard& card);    // null where undefined; what scripts/plot_attribution.py reads

}  // namespace dsqbench
