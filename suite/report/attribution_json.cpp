#include "suite/report/attribution.h"
#include "suite/report/difference_json.h"

namespace dsqbench {

namespace {

using Json = nlohmann::json;

Json to_json(const std::optional<Interval>& interval) {
    return interval ? Json{{"low", interval->low}, {"high", interval->high}} : Json();
}

Json to_json(const Estimate& estimate) {
    return {{"value", estimate.value},
            {"standard_error", estimate.standard_error},
            {"degrees_of_freedom", estimate.degrees_of_freedom},
            {"confidence", to_json(estimate.confidence)},
            {"p_value", or_null(estimate.p_value)}};
}

Json to_json(const std::optional<Share>& share) {
    if (!share) return {};
    return {{"value", share->value}, {"fieller", to_json(share->fieller)}, {"bootstrap", to_json(share->bootstrap)}};
}

Json to_json(const std::optional<Superiority>& superiority) {
    if (!superiority) return {};
    return {{"probability", superiority->probability}, {"confidence", to_json(std::optional(superiority->confidence))}};
}

Json to_json(const Contribution& line) {
    return {{"name", line.name},
            {"group", name_of(line.group)},
            {"meaning", line.meaning},
            {"value", to_json(line.value)},
            {"shapley", to_json(line.shapley)},
            {"share", to_json(line.share)},
            {"first_in", to_json(line.first_in)},
            {"last_in", to_json(line.last_in)},
            {"over_orders", to_json(std::optional(line.over_orders))},
            {"interaction_p_value", or_null(line.interaction_p_value)},
            {"eta_squared", or_null(line.eta_squared)},
            {"omega_squared", or_null(line.omega_squared)}};
}

Json pairs_of(const AttributionCard& card) {
    Json pairs = Json::array();
    for (const auto& pair : card.pairs)
        pairs.push_back({{"algorithm_factor", card.factor_names[pair.algorithm_factor]},
                         {"recipe_factor", card.factor_names[pair.recipe_factor]},
                         {"gain", to_json(pair.gain)},
                         {"holm_p_value", or_null(pair.holm_p_value)}});
    return pairs;
}

Json factors_in(const AttributionCard& card, Cell cell) {
    Json names = Json::array();
    for (std::size_t i = 0; i < card.factor_names.size(); ++i)
        if (cell >> i & 1u) names.push_back(card.factor_names[i]);
    return names;
}

Json anova_of(const AttributionCard& card) {
    Json lines = Json::array();
    for (const auto& line : card.anova.lines)
        lines.push_back({{"factors", factors_in(card, line.effect)},
                         {"beta", line.beta},
                         {"sum_of_squares", line.sum_of_squares},
                         {"eta_squared", line.eta_squared},
                         {"omega_squared", line.omega_squared},
                         {"f", or_null(line.f)},
                         {"p_value", or_null(line.p_value)}});
    return {{"effects", lines},
            {"mean_square_error", card.anova.mean_square_error},
            {"error_degrees_of_freedom", card.anova.error_degrees_of_freedom},
            {"additivity_f", or_null(card.anova.additivity_f)},
            {"additivity_p_value", or_null(card.anova.additivity_p_value)}};
}

Json cells_of(const AttributionCard& card) {
    Json cells = Json::array();
    for (const auto& cell : card.cells)
        cells.push_back({{"label", cell.label},
                         {"new_factors", factors_in(card, cell.cell)},
                         {"top1_mean", or_null(cell.mean)},
                         {"top1_sd", or_null(cell.spread)},
                         {"converged", cell.finished},
                         {"not_converged", cell.not_converged}});
    return cells;
}

}  // namespace

Json to_json(const AttributionCard& card) {
    Json json{{"recipe", card.recipe},
              {"description", card.description},
              {"dataset", card.dataset},
              {"model", card.model},
              {"model_width", card.model_width},
              {"bits", card.bits},
              {"train_images", card.train_images},
              {"epochs", card.epochs},
              {"seeds", card.seeds},
              {"seeds_left_out", card.left_out},
              {"missing_runs", card.missing_runs},
              {"not_converged_runs", card.not_converged_runs},
              {"half", card.half},
              {"margin", card.margin},
              {"error_model", card.error_model == ErrorModel::by_seed ? "by seed" : "pooled"},
              {"machines", card.machines},
              {"commits", card.commits},
              {"verdict", {{"headline", card.verdict.headline}, {"reason", card.verdict.reason}}},
              {"cells", cells_of(card)}};
    if (card.seeds.empty()) return json;
    Json factors = Json::array();
    for (const auto& factor : card.factors) factors.push_back(to_json(factor));
    json["all_old"] = or_null(card.all_old);
    json["all_new"] = or_null(card.all_new);
    json["gain"] = to_json(card.gain);
    json["algorithm"] = to_json(card.algorithm);
    json["recipe_group"] = to_json(card.recipe_group);
    json["factors"] = factors;
    json["pairs"] = pairs_of(card);
    json["joint_gain"] = to_json(card.joint_gain);
    json["equivalence_p_value"] = card.equivalence_p_value;
    json["sign_flip_p_value"] = or_null(card.sign_flip_p_value);
    json["superiority_under_old_recipe"] = to_json(card.superiority_old);
    json["superiority_under_new_recipe"] = to_json(card.superiority_new);
    json["last_in_over_gain"] = or_null(card.last_in_ratio);
    json["anova"] = anova_of(card);
    return json;
}

}  // namespace dsqbench
