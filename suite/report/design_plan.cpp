#include "suite/report/design_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "suite/core/clock.h"
#include "suite/record/machine.h"
#include "suite/report/contestant.h"
#include "suite/report/difference_json.h"
#include "suite/report/power.h"

namespace dsqbench {

namespace {

// Rows tell how many images a set has when the recipe says "all".
std::optional<double> images_of(const Recipe& recipe, const std::vector<Row>& stored) {
    const std::int64_t asked = recipe.integer("data.train_images");
    if (asked > 0) return static_cast<double>(asked);
    for (const Row& row : stored)
        if (text_of(row, "dataset") == recipe.text("data.name")) return row.at("train_images").get<double>();
    return std::nullopt;
}

std::optional<double> images_to_train(const Recipe& recipe, const std::vector<Row>& stored) {
    const auto images = images_of(recipe, stored);
    if (!images) return std::nullopt;
    return *images * static_cast<double>(recipe.integer("training.epochs"));
}

void count_work(const std::vector<DesignCell>& cells, const std::vector<std::uint64_t>& seeds, const CellRows& rows,
                const std::vector<Row>& stored, DesignPlan& plan) {
    double images = 0;
    bool known = true;
    std::set<std::pair<std::string, std::uint64_t>> pretrainings;
    const auto add = [&](const Recipe& recipe) {
        const auto more = images_to_train(recipe, stored);
        known = known && more.has_value();
        images += more.value_or(0);
    };
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto pretraining = pretraining_of(cells[i].recipe);
        for (const std::uint64_t seed : seeds) {
            if (rows[i].count(seed) > 0) {
                ++plan.stored;
                continue;
            }
            add(cells[i].recipe);
            if (pretraining && pretrainings.emplace(pretraining->recipe_id(), seed).second) add(*pretraining);
        }
    }
    plan.pretrainings = pretrainings.size();
    if (known) plan.images = images;
}

std::optional<double> measured_speed(const Recipe& recipe, const std::vector<Row>& stored) {
    std::vector<double> speeds;
    for (const Row& row : stored)
        if (text_of(row, "machine") == machine_name() && text_of(row, "model") == recipe.text("model.name") &&
            row.at("model_width") == recipe.integer("model.width") && row.contains("images_per_second") &&
            row["images_per_second"].is_number())
            speeds.push_back(row["images_per_second"].get<double>());
    if (speeds.empty()) return std::nullopt;
    return median(speeds);
}

std::optional<double> seconds_of(const DesignPlan& plan) {
    if (!plan.images || !plan.images_per_second || *plan.images_per_second <= 0) return std::nullopt;
    return *plan.images / *plan.images_per_second / static_cast<double>(plan.jobs);
}

// The root of the mean variance over seeds.
void measure_spread(const CellRows& rows, DesignPlan& plan) {
    double variances = 0;
    for (const auto& cell : rows) {
        std::vector<double> top1;
        for (const auto& [seed, row] : cell)
            if (converged(row)) top1.push_back(row.at("top1").get<double>());
        const auto spread = standard_deviation(top1);
        if (!spread) continue;
        variances += *spread * *spread;
        ++plan.cells_with_spread;
    }
    if (plan.cells_with_spread > 0) plan.spread = std::sqrt(variances / static_cast<double>(plan.cells_with_spread));
}

double unit_of(const Contrast& contrast, const Design& design) {
    return unit_standard_error(weights_on(contrast, design.factors.size(), design.cells));
}

std::string search_text(const DesignPlan& plan) {
    return fmt::format(
        "--tune: {} trials, {} stored, {} to train and {} FP32 pre-trainings\n"
        "after them, not counted here: the cells that choose another setting once more, at most {} runs\n",
        plan.search->trials, plan.search->stored, plan.search->trials - plan.search->stored, plan.search->pretrainings,
        plan.runs);
}

// In points where the spread is known, else in standard deviations.
std::optional<double> detectable(const DesignPlan& plan, double unit) {
    return detectable_difference({unit * plan.spread.value_or(1), plan.cells}, plan.seeds);
}

std::string detectable_text(const DesignPlan& plan) {
    const auto algorithm = detectable(plan, plan.unit_algorithm), factor = detectable(plan, plan.unit_factor);
    if (!algorithm || !factor) return "a single seed finds nothing, as it has no spread to judge by\n";
    const char* unit = plan.spread ? "points" : "standard deviations";
    return fmt::format(
        "{} seeds find with 80 % probability: {:.2f} {} of the algorithm's effect, {:.2f} {} of a factor's\n",
        plan.seeds, *algorithm, unit, *factor, unit);
}

std::string power_text(const DesignPlan& plan) {
    std::string text = plan.spread ? fmt::format("spread over seeds: {:.2f} points, from {} cells\n", *plan.spread,
                                                 plan.cells_with_spread)
                                   : "spread over seeds: not measured; --pilot measures it\n";
    text += detectable_text(plan);
    if (!plan.spread || *plan.spread <= 0) return text;
    const Precision precision{plan.unit_algorithm * *plan.spread, plan.cells};
    return text + fmt::format("the margin of {} points needs {} seeds to be found, {} to be excluded\n", plan.margin,
                              seeds_to_detect(precision, plan.margin), seeds_for_equivalence(precision, plan.margin));
}

}  // namespace

DesignPlan plan_design(const Recipe& recipe, const Design& design, const std::vector<DesignCell>& cells,
                       const std::vector<std::uint64_t>& seeds, const std::vector<Row>& stored, std::size_t jobs) {
    DesignPlan plan;
    plan.recipe = recipe.name();
    plan.cells = cells.size();
    plan.seeds = seeds.size();
    plan.runs = cells.size() * seeds.size();
    plan.jobs = jobs;
    plan.margin = design.margin;
    const CellRows rows = rows_of_cells(cells, seeds, stored);
    count_work(cells, seeds, rows, stored, plan);
    plan.images_per_second = measured_speed(recipe, stored);
    plan.seconds = seconds_of(plan);
    measure_spread(rows, plan);
    const std::size_t k = design.factors.size();
    const std::vector<Cell> groups{design.members(FactorGroup::algorithm), design.members(FactorGroup::recipe)};
    plan.unit_algorithm = unit_of(group_value(k, groups, 0), design);
    for (std::size_t factor = 0; factor < k; ++factor)
        plan.unit_factor = std::max(plan.unit_factor, unit_of(owen_value(k, groups, factor), design));
    return plan;
}

DesignPlan with_search(DesignPlan plan, const DesignPlan& search) {
    plan.search = {search.runs, search.stored, search.pretrainings};
    plan.images = plan.images && search.images ? std::optional(*plan.images + *search.images) : std::nullopt;
    plan.seconds = seconds_of(plan);
    return plan;
}

std::string format_table(const DesignPlan& plan) {
    std::string text = fmt::format(
        "{}: {} cells x {} seeds = {} runs, {} stored, {} to train and {} FP32 pre-trainings\n", plan.recipe,
        plan.cells, plan.seeds, plan.runs, plan.stored, plan.runs - plan.stored, plan.pretrainings);
    if (plan.search) text += search_text(plan);
    if (plan.seconds)
        text += fmt::format("{:.1f} million images at {:.0f} images/s a process, {} at a time: {}\n",
                            *plan.images / 1e6, *plan.images_per_second, plan.jobs, format_duration(*plan.seconds));
    else if (plan.images)
        text += fmt::format("{:.1f} million images; how fast this machine is has not been measured: --pilot\n",
                            *plan.images / 1e6);
    return text + power_text(plan);
}

nlohmann::json to_json(const DesignPlan& plan) {
    nlohmann::json json = {
        {"recipe", plan.recipe},
        {"cells", plan.cells},
        {"seeds", plan.seeds},
        {"runs", plan.runs},
        {"stored", plan.stored},
        {"pretrainings", plan.pretrainings},
        {"images", or_null(plan.images)},
        {"images_per_second", or_null(plan.images_per_second)},
        {"jobs", plan.jobs},
        {"seconds", or_null(plan.seconds)},
        {"spread", or_null(plan.spread)},
        {"cells_with_spread", plan.cells_with_spread},
        {"margin", plan.margin},
        {"detectable_algorithm_effect", or_null(plan.spread ? detectable(plan, plan.unit_algorithm) : std::nullopt)},
        {"detectable_factor_effect", or_null(plan.spread ? detectable(plan, plan.unit_factor) : std::nullopt)}};
    if (plan.search)
        json["search"] = {{"trials", plan.search->trials},
                          {"stored", plan.search->stored},
                          {"pretrainings", plan.search->pretrainings}};
    return json;
}

}  // namespace dsqbench
