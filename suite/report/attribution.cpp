#include "suite/report/attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "suite/report/contestant.h"

namespace dsqbench {

namespace {

const Row* row_at(const std::map<std::uint64_t, Row>& rows, std::uint64_t seed) {
    const auto found = rows.find(seed);
    return found == rows.end() ? nullptr : &found->second;
}

CellSummary summary_of(const DesignCell& cell, const std::map<std::uint64_t, Row>& rows) {
    CellSummary summary;
    summary.label = cell.label;
    summary.cell = cell.cell;
    std::vector<double> top1;
    for (const auto& [seed, row] : rows) {
        if (converged(row))
            top1.push_back(row.at("top1").get<double>());
        else
            ++summary.not_converged;
    }
    summary.finished = top1.size();
    if (!top1.empty()) summary.mean = mean(top1);
    summary.spread = standard_deviation(top1);
    return summary;
}

// Counts what is missing, and splits the seeds into complete ones and others.
void sort_seeds(const std::vector<std::uint64_t>& seeds, const CellRows& rows, AttributionCard& card) {
    for (const std::uint64_t seed : seeds) {
        bool complete = true;
        for (const auto& cell : rows) {
            const Row* row = row_at(cell, seed);
            card.missing_runs += row == nullptr ? 1 : 0;
            card.not_converged_runs += row != nullptr && !converged(*row) ? 1 : 0;
            complete = complete && row != nullptr && converged(*row);
        }
        (complete ? card.seeds : card.left_out).push_back(seed);
    }
}

void describe_rows(const CellRows& rows, AttributionCard& card) {
    std::vector<Row> all;
    std::set<std::string> machines, commits;
    for (const auto& cell : rows)
        for (const auto& [seed, row] : cell) {
            all.push_back(row);
            machines.insert(text_of(row, "machine"));
            commits.insert(text_of(row, "commit").substr(0, 12));
        }
    require_same_data(all);
    card.machines.assign(machines.begin(), machines.end());
    card.commits.assign(commits.begin(), commits.end());
    if (all.empty()) return;
    const Row& any = all.front();
    card.dataset = text_of(any, "dataset");
    card.model = text_of(any, "model");
    card.model_width = any.at("model_width");
    card.train_images = any.at("train_images");
    card.epochs = any.at("epochs");
    card.bits = fmt::format("W{}A{}", any.at("weight_bits").get<int>(), any.at("activation_bits").get<int>());
}

Study study_of(const Design& design, const CellRows& rows, const std::vector<std::uint64_t>& seeds) {
    Factorial data{design.factors.size(), design.cells, {}};
    for (const auto& cell : rows) {
        data.values.emplace_back();
        for (const std::uint64_t seed : seeds) data.values.back().push_back(cell.at(seed).at("top1").get<double>());
    }
    return Study(std::move(data));
}

class Attribution {
public:
    Attribution(const Design& design, const Study& study, ErrorModel model)
        : design_(design), study_(study), model_(model), factors_(design.factors.size()) {
        groups_ = {design.members(FactorGroup::algorithm), design.members(FactorGroup::recipe)};
    }

    Estimate estimate(const Contrast& contrast) const { return study_.estimate(contrast, model_); }

    Contribution group(FactorGroup which) const {
        const std::size_t index = which == FactorGroup::algorithm ? 0 : 1;
        Contribution line;
        line.name = name_of(which);
        line.group = which;
        const Contrast value = group_value(factors_, groups_, index);
        describe(line, value, groups_[index], {0, groups_[1 - index]});
        line.shapley = line.value;
        return line;
    }

    Contribution factor(std::size_t index, const Anova& anova) const {
        const Factor& declared = design_.factors[index];
        Contribution line;
        line.name = declared.name;
        line.meaning = declared.meaning;
        line.group = declared.group;
        const Cell own = Cell{1} << index;
        std::vector<Cell> others;
        for (const Cell cell : full_factorial(factors_))
            if ((cell & own) == 0) others.push_back(cell);
        describe(line, owen_value(factors_, groups_, index), own, others);
        line.shapley = estimate(shapley_value(factors_, index));
        for (const auto& effect : anova.lines)
            if (effect.effect == own) {
                line.eta_squared = effect.eta_squared;
                line.omega_squared = effect.omega_squared;
            }
        return line;
    }

    std::vector<PairGain> pairs() const {
        std::vector<PairGain> pairs;
        std::vector<double> p_values;
        for (std::size_t a = 0; a < factors_; ++a)
            for (std::size_t r = 0; r < factors_; ++r) {
                if (!(groups_[0] >> a & 1u) || !(groups_[1] >> r & 1u)) continue;
                pairs.push_back({a, r, estimate(mean_joint_gain(factors_, a, r)), {}});
                p_values.push_back(pairs.back().gain.p_value.value_or(1));
            }
        const auto adjusted = holm_adjusted(p_values);
        for (std::size_t i = 0; i < pairs.size(); ++i)
            if (pairs[i].gain.p_value) pairs[i].holm_p_value = adjusted[i];
        return pairs;
    }

    Estimate joint_gain() const { return estimate(dsqbench::joint_gain(factors_, groups_[0], groups_[1])); }
    const std::vector<Cell>& groups() const { return groups_; }

private:
    void describe(Contribution& line, const Contrast& value, Cell players, const std::vector<Cell>& before) const {
        const Cell everything = (Cell{1} << factors_) - 1;
        line.value = estimate(value);
        line.share = share_of(study_, value, total_gain(factors_), model_);
        line.first_in = estimate(marginal(factors_, 0, players));
        line.last_in = estimate(marginal(factors_, everything & ~players, players));
        std::vector<double> marginals;
        for (const Cell set : before) marginals.push_back(estimate(marginal(factors_, set, players)).value);
        const auto [low, high] = std::minmax_element(marginals.begin(), marginals.end());
        line.over_orders = {*low, *high};
    }

    const Design& design_;
    const Study& study_;
    ErrorModel model_;
    std::size_t factors_;
    std::vector<Cell> groups_;  // algorithm, recipe
};

std::optional<double> smallest_of(const std::vector<PairGain>& pairs, std::size_t factor) {
    std::optional<double> smallest;
    for (const auto& pair : pairs)
        if ((pair.algorithm_factor == factor || pair.recipe_factor == factor) && pair.holm_p_value)
            smallest = std::min(smallest.value_or(1), *pair.holm_p_value);
    return smallest;
}

// The accuracies of one cell, in the order of the seeds; none when it was not run (half factorial).
std::vector<double> values_of_cell(const Study& study, Cell cell) {
    const auto& cells = study.data().cells;
    const auto found = std::find(cells.begin(), cells.end(), cell);
    return found == cells.end() ? std::vector<double>()
                                : study.data().values[static_cast<std::size_t>(found - cells.begin())];
}

std::optional<Superiority> superiority_of(const Study& study, Cell better, Cell worse) {
    const auto a = values_of_cell(study, better), b = values_of_cell(study, worse);
    if (a.empty() || b.empty()) return std::nullopt;
    return superiority(a, b);
}

void estimate_all(const Design& design, const Study& study, AttributionCard& card) {
    const Attribution attribution(design, study, card.error_model);
    const std::size_t k = design.factors.size();
    const Cell algorithm = attribution.groups()[0], recipe = attribution.groups()[1];
    card.anova = analyse_variance(study);
    card.gain = attribution.estimate(total_gain(k));
    Contrast all_new(std::size_t{1} << k, 0.0), all_old = all_new;
    all_new.back() = 1;
    all_old.front() = 1;
    card.all_new = mean(study.by_seed(all_new));
    card.all_old = mean(study.by_seed(all_old));
    card.algorithm = attribution.group(FactorGroup::algorithm);
    card.recipe_group = attribution.group(FactorGroup::recipe);
    card.pairs = attribution.pairs();
    card.joint_gain = attribution.joint_gain();
    card.algorithm.interaction_p_value = card.recipe_group.interaction_p_value = card.joint_gain.p_value;
    for (std::size_t i = 0; i < k; ++i) {
        card.factors.push_back(attribution.factor(i, card.anova));
        card.factors.back().interaction_p_value = smallest_of(card.pairs, i);
    }
    card.equivalence_p_value = equivalence_p_value(card.algorithm.value, card.margin);
    if (study.seeds() > 1)
        card.sign_flip_p_value = sign_flip_p_value(study.by_seed(group_value(k, attribution.groups(), 0)));
    card.superiority_old = superiority_of(study, algorithm, 0);
    card.superiority_new = superiority_of(study, algorithm | recipe, recipe);
    if (card.gain.value > 0) card.last_in_ratio = card.algorithm.last_in.value / card.gain.value;
}

}  // namespace

CellRows rows_of_cells(const std::vector<DesignCell>& cells, const std::vector<std::uint64_t>& seeds,
                       const std::vector<Row>& rows) {
    std::map<std::string, std::size_t> cell_of;
    for (std::size_t i = 0; i < cells.size(); ++i) cell_of[cells[i].recipe.recipe_id()] = i;
    CellRows found(cells.size());
    for (const Row& row : rows) {
        if (text_of(row, "kind") != "training" || !row.at("publishable").get<bool>()) continue;
        const auto cell = cell_of.find(text_of(row, "recipe_id"));
        const auto seed = row.at("seed").get<std::uint64_t>();
        if (cell == cell_of.end() || std::count(seeds.begin(), seeds.end(), seed) == 0) continue;
        add_newest(found[cell->second], row);
    }
    return found;
}

AttributionCard attribution_card(const Recipe& recipe, const Design& design, const std::vector<DesignCell>& cells,
                                 const std::vector<std::uint64_t>& seeds, const CellRows& rows) {
    AttributionCard card;
    card.recipe = recipe.name();
    card.description = recipe.text("description");
    card.half = !design.is_full();
    card.margin = design.margin;
    for (const Factor& factor : design.factors) card.factor_names.push_back(factor.name);
    for (std::size_t i = 0; i < cells.size(); ++i) card.cells.push_back(summary_of(cells[i], rows[i]));
    sort_seeds(seeds, rows, card);
    describe_rows(rows, card);
    card.error_model = error_model_for(card.seeds.size());
    if (!card.seeds.empty()) estimate_all(design, study_of(design, rows, card.seeds), card);
    card.verdict = judge({card.seeds.size(), card.algorithm.value, card.recipe_group.value, card.joint_gain,
                          card.equivalence_p_value, card.margin, design.cells.size()});
    return card;
}

}  // namespace dsqbench
