// How a claim's rule turns rows into a verdict. Everywhere: an interval of 95 % that lies on the claimed side holds,
// one that lies on the other side does not, one that holds the border decides nothing.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/record/run_directory.h"
#include "suite/record/run_statistic.h"
#include "suite/report/claim.h"
#include "suite/report/contestant.h"
#include "suite/report/number_text.h"

namespace dsqbench {

namespace {

using Kind = VerdictKind;

// The contenders of one recipe, under the protocol that it has now.
struct Setting {
    std::string recipe, missing;  // missing: why there are no contenders
    std::vector<Contestant> contenders;

    const Contestant* find(const std::string& label) const {
        for (const auto& contender : contenders)
            if (contender.label == label) return &contender;
        return nullptr;
    }
};

Setting setting_of(const std::string& recipe, const Evidence& evidence) {
    Setting setting{recipe, {}, {}};
    std::string protocol;
    try {
        protocol = evidence.protocol_of(recipe);
    } catch (const Error& error) {
        setting.missing = fmt::format("the recipe '{}' ({})", recipe, error.message());
        return setting;
    }
    std::vector<Row> rows;
    bool other_protocol = false;
    for (const Row& row : evidence.rows) {
        if (text_of(row, "kind") != "training" || text_of(row, "recipe") != recipe) continue;
        if (!row.at("publishable").get<bool>() || text_of(row, "evaluated_on") != "test") continue;
        if (text_of(row, "protocol_id") == protocol)
            rows.push_back(row);
        else
            other_protocol = true;
    }
    require_same_data(rows);
    setting.contenders = contestants(rows);
    if (rows.empty())
        setting.missing =
            fmt::format("rows of {}{}", recipe,
                        other_protocol ? " (the stored ones are of another protocol than the recipe's)" : "");
    return setting;
}

std::vector<std::string> ids_of(const std::vector<const Contestant*>& contenders) {
    std::vector<std::string> ids;
    for (const auto* contender : contenders)
        for (const auto& [seed, row] : contender->by_seed) ids.push_back(text_of(row, "row_id"));
    return ids;
}

ClaimVerdict missing(const std::string& what) {
    return {Kind::not_run_here, "needs " + what};
}

// What an interval says about "above the border".
Kind side_of(const Difference& difference, double border) {
    if (!difference.confidence) return Kind::undecided;
    if (difference.confidence->low > border) return Kind::holds;
    return difference.confidence->high <= border ? Kind::does_not_hold : Kind::undecided;
}

std::string seeds_text(const Difference& difference) {
    return difference.count == 1 ? "one seed, which has no interval" : fmt::format("{} seeds", difference.count);
}

// The contenders of `labels` in `setting`, or what is missing of them.
struct Chosen {
    std::vector<const Contestant*> contenders;
    std::string missing;
};

Chosen choose(const Setting& setting, const std::vector<std::string>& labels) {
    Chosen chosen{{}, setting.missing};
    std::vector<std::string> absent;
    for (const auto& label : labels)
        if (const auto* contender = setting.find(label))
            chosen.contenders.push_back(contender);
        else
            absent.push_back(label);
    if (chosen.missing.empty() && !absent.empty())
        chosen.missing = fmt::format("{} in {}", join(absent, ", "), setting.recipe);
    return chosen;
}

// Each setting with data gives a verdict; together: one that speaks against decides, then one that is undecided.
ClaimVerdict over_settings(const Claim& claim, const Evidence& evidence,
                           const std::function<ClaimVerdict(const Setting&)>& judge_one) {
    std::vector<std::string> reasons, lacking;
    std::vector<ClaimVerdict> verdicts;
    for (const auto& recipe : claim.rule.texts("recipes")) {
        const ClaimVerdict verdict = judge_one(setting_of(recipe, evidence));
        if (verdict.kind == Kind::not_run_here) {
            lacking.push_back(verdict.reason);
            continue;
        }
        verdicts.push_back(verdict);
        reasons.push_back(recipe + ": " + verdict.reason);
    }
    if (verdicts.empty()) return {Kind::not_run_here, join(lacking, "; ")};
    const auto any = [&](Kind kind) {
        return std::any_of(verdicts.begin(), verdicts.end(), [kind](const auto& each) { return each.kind == kind; });
    };
    ClaimVerdict all{Kind::holds, {}};
    if (any(Kind::undecided)) all.kind = Kind::undecided;
    if (any(Kind::does_not_hold)) all.kind = any(Kind::holds) ? Kind::undecided : Kind::does_not_hold;
    if (any(Kind::does_not_hold) && any(Kind::holds)) reasons.push_back("it depends on the setting");
    reasons.insert(reasons.end(), lacking.begin(), lacking.end());
    all.reason = join(reasons, "; ");
    for (const auto& verdict : verdicts)
        all.row_ids.insert(all.row_ids.end(), verdict.row_ids.begin(), verdict.row_ids.end());
    return all;
}

// `better` - `worse` in points, paired by seed, is above `at_least` (0 where absent).
ClaimVerdict judge_difference(const Claim& claim, const Setting& setting) {
    const TomlFields& rule = claim.rule;
    const auto chosen = choose(setting, {rule.text("better"), rule.text("worse")});
    if (!chosen.missing.empty()) return missing(chosen.missing);
    const std::string metric = rule.has("metric") ? rule.text("metric") : "top1";
    const auto difference = difference_over_common_seeds(converged_values(*chosen.contenders[0], metric),
                                                         converged_values(*chosen.contenders[1], metric));
    if (!difference) return missing("a seed on which both converged, in " + setting.recipe);
    const double border = rule.has("at_least") ? rule.real("at_least") : 0;
    return {side_of(*difference, border),
            fmt::format("{} − {}: {} points, {}", rule.text("better"), rule.text("worse"),
                        difference_text(*difference, 2), seeds_text(*difference)),
            ids_of(chosen.contenders)};
}

// Of the steps from one contender to the next the last is the largest.
ClaimVerdict judge_largest_step(const Claim& claim, const Setting& setting) {
    const auto labels = claim.rule.texts("steps");
    const auto chosen = choose(setting, labels);
    if (!chosen.missing.empty()) return missing(chosen.missing);
    if (labels.size() < 3) return missing("three contenders in 'steps'");
    std::vector<ValuesBySeed> steps;
    for (std::size_t i = 1; i < chosen.contenders.size(); ++i) {
        const auto before = converged_values(*chosen.contenders[i - 1], "top1");
        ValuesBySeed step;
        for (const auto& [seed, value] : converged_values(*chosen.contenders[i], "top1"))
            if (before.count(seed) > 0) step[seed] = value - before.at(seed);
        steps.push_back(step);
    }
    ClaimVerdict verdict{Kind::holds, {}, ids_of(chosen.contenders)};
    std::vector<std::string> reasons;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        const auto lead = difference_over_common_seeds(steps.back(), steps[i]);
        if (!lead) return missing("a seed on which all converged, in " + setting.recipe);
        const Kind side = side_of(*lead, 0);
        if (side == Kind::does_not_hold) verdict.kind = side;
        if (side == Kind::undecided && verdict.kind == Kind::holds) verdict.kind = side;
        reasons.push_back(fmt::format("the step to {} less the step to {}: {} points, {}", labels.back(), labels[i + 1],
                                      difference_text(*lead, 2), seeds_text(*lead)));
    }
    verdict.reason = join(reasons, "; ");
    return verdict;
}

// Is the number of `values` on one side of a border, or in a band?
// Seeds that all say the same leave no doubt, though no t interval either.
Difference with_interval(const std::vector<double>& values) {
    Difference mean = paired_difference(values, std::vector<double>(values.size(), 0.0));
    if (!mean.confidence && values.size() > 1) mean.confidence = Interval{mean.estimate, mean.estimate};
    return mean;
}

Kind band_verdict(const Difference& mean, double low, double high) {
    if (!mean.confidence) return Kind::undecided;
    if (mean.confidence->low >= low && mean.confidence->high <= high) return Kind::holds;
    return mean.confidence->high < low || mean.confidence->low > high ? Kind::does_not_hold : Kind::undecided;
}

const PublishedNumber* find_published(const std::string& name, const Evidence& evidence) {
    for (const auto& number : evidence.published)
        if (number.file + "/" + number.key == name) return &number;
    return nullptr;
}

// The contender's mean top-1 lies within `tolerance` of the published number.
ClaimVerdict judge_within(const Claim& claim, const Setting& setting, const Evidence& evidence) {
    const TomlFields& rule = claim.rule;
    const auto* number = find_published(rule.text("published"), evidence);
    if (number == nullptr || !number->value) return missing("the published number '" + rule.text("published") + "'");
    const auto chosen = choose(setting, {rule.text("contender")});
    if (!chosen.missing.empty()) return missing(chosen.missing);
    const auto values = values_of(converged_values(*chosen.contenders[0], number->metric));
    if (values.empty()) return missing("a run of " + rule.text("contender") + " that converged, in " + setting.recipe);
    const Difference ours = with_interval(values);
    const double tolerance = rule.real("tolerance");
    const std::string interval =
        ours.confidence ? fmt::format(" [{:.2f}, {:.2f}]", ours.confidence->low, ours.confidence->high) : "";
    return {band_verdict(ours, *number->value - tolerance, *number->value + tolerance),
            fmt::format("ours {:.2f}{}, {}; published {} ± {}", ours.estimate, interval, seeds_text(ours),
                        *number->value, tolerance),
            ids_of(chosen.contenders)};
}

// From the row, or from the run directory where the row is older than the statistic.
RunStatistic statistic_of(const Row& row, const std::string& name, const std::filesystem::path& base) {
    const auto stored = nlohmann::json::parse(text_of(row, "run_statistics"), nullptr, /*allow_exceptions=*/false);
    if (stored.is_object() && stored.contains(name) && stored[name].is_number())
        return {stored[name].get<double>(), {}};
    const std::string run = text_of(row, "run_directory");
    if (run.empty() || !is_run_directory(base / run)) return {std::nullopt, "the run directory " + run};
    return run_statistic(name, read_metrics(base / run));
}

// A number that each run's metrics.jsonl gives is above or below a border.
ClaimVerdict judge_run_statistic(const Claim& claim, const Setting& setting, const Evidence& evidence) {
    const TomlFields& rule = claim.rule;
    const auto chosen = choose(setting, {rule.text("contender")});
    if (!chosen.missing.empty()) return missing(chosen.missing);
    std::vector<double> values;
    std::string lack;
    for (const auto& [seed, row] : chosen.contenders[0]->by_seed) {
        const RunStatistic statistic = statistic_of(row, rule.text("statistic"), evidence.base);
        if (statistic.value)
            values.push_back(*statistic.value);
        else
            lack = statistic.missing;
    }
    if (values.empty())
        return missing(
            fmt::format("{} of {} in {}: {}", rule.text("statistic"), rule.text("contender"), setting.recipe, lack));
    const Difference mean = with_interval(values);
    const bool above = rule.has("above");
    const double border = rule.real(above ? "above" : "below");
    Kind kind = side_of(mean, border);
    if (!above && mean.confidence)
        kind = mean.confidence->high < border   ? Kind::holds
               : mean.confidence->low >= border ? Kind::does_not_hold
                                                : Kind::undecided;
    return {kind,
            fmt::format("{} {}, claimed {} {}; {}", rule.text("statistic"), difference_text(mean, 3),
                        above ? "above" : "below", border, seeds_text(mean)),
            ids_of(chosen.contenders)};
}

struct Cell {
    ValuesBySeed top1;
    std::string missing;
    std::vector<std::string> row_ids;
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
        return {{}, fmt::format("the cell '{}' ({})", recipe_and_label, error.message()), {}};
    }
    std::vector<Row> rows;
    for (const Row& row : evidence.rows)
        if (text_of(row, "recipe_id") == recipe_id && row.at("publishable").get<bool>() &&
            text_of(row, "evaluated_on") == "test")
            rows.push_back(row);
    if (rows.empty()) return {{}, fmt::format("rows of {} in {}", label, recipe), {}};
    const Contestant contestant = contestants(rows).front();
    return {converged_values(contestant, "top1"), {}, ids_of({&contestant})};
}

// The part of the gain from (old algorithm, old recipe) to (new, new) that is the recipe's, each order of the two steps
// counted half (Shapley), lies between `low` and `high`. share >= low is tested as recipe - low * gain >= 0, which is
// linear and needs no division (Fieller).
ClaimVerdict judge_recipe_share(const Claim& claim, const Evidence& evidence) {
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

// Median time of each layer at `slow_bits` over that at `fast_bits`: all within [low, high].
ClaimVerdict judge_latency_ratio(const Claim& claim, const Evidence& evidence) {
    const TomlFields& rule = claim.rule;
    std::map<std::string, std::map<int, const Row*>> layers;
    for (const Row& row : evidence.rows) {
        if (text_of(row, "kind") != "kernel" || text_of(row, "network") != rule.text("network")) continue;
        if (text_of(row, "method") != "measured" ||
            text_of(row, "variant").find(rule.text("variant")) == std::string::npos)
            continue;
        if (!row.at("publishable").get<bool>() || !row.contains("median_ns") || !row["median_ns"].is_number()) continue;
        layers[text_of(row, "layer")][row.value("weight_bits", 0)] = &row;
    }
    ClaimVerdict verdict;
    std::vector<double> ratios;
    for (const auto& [layer, by_bits] : layers) {
        const auto slow = by_bits.find(rule.integer("slow_bits")), fast = by_bits.find(rule.integer("fast_bits"));
        if (slow == by_bits.end() || fast == by_bits.end()) continue;
        ratios.push_back(slow->second->at("median_ns").get<double>() / fast->second->at("median_ns").get<double>());
        for (const Row* row : {slow->second, fast->second}) verdict.row_ids.push_back(text_of(*row, "row_id"));
    }
    if (ratios.empty())
        return missing(fmt::format("measured kernel rows of {} with {} at {} and {} bits, on a machine with {}",
                                   rule.text("network"), rule.text("variant"), rule.integer("slow_bits"),
                                   rule.integer("fast_bits"), rule.text("instruction_set")));
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    verdict.kind = *least >= rule.real("low") && *most <= rule.real("high") ? Kind::holds : Kind::does_not_hold;
    verdict.reason = fmt::format("{} bits over {} bits: {:.2f} to {:.2f} over {} layers, claimed {} to {}",
                                 rule.integer("slow_bits"), rule.integer("fast_bits"), *least, *most, ratios.size(),
                                 rule.real("low"), rule.real("high"));
    return verdict;
}

// Numbers that the program computes are the published ones.
ClaimVerdict judge_fact(const Claim& claim, const Evidence& evidence) {
    const auto facts = claim.rule.texts("facts"), published = claim.rule.texts("published");
    if (facts.size() != published.size()) return missing("as many 'facts' as numbers in 'published'");
    ClaimVerdict verdict{Kind::holds, {}};
    std::vector<std::string> reasons;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto fact = evidence.facts.find(facts[i]);
        const auto* number = find_published(published[i], evidence);
        if (fact == evidence.facts.end()) return missing("'" + facts[i] + "', which this program does not compute");
        if (number == nullptr || !number->value) return missing("the published number '" + published[i] + "'");
        if (fact->second != *number->value) verdict.kind = Kind::does_not_hold;
        reasons.push_back(fmt::format("{}: ours {}, published {}", facts[i], fact->second, *number->value));
    }
    verdict.reason = join(reasons, "; ");
    return verdict;
}

}  // namespace

std::string name_of(VerdictKind kind) {
    switch (kind) {
        case Kind::holds:
            return "holds";
        case Kind::does_not_hold:
            return "does not hold";
        case Kind::undecided:
            return "undecided";
        default:
            return "not run here";
    }
}

ClaimVerdict judge(const Claim& claim, const Evidence& evidence) {
    const std::string kind = claim.rule.text("kind");
    if (kind == "recipe_share") return judge_recipe_share(claim, evidence);
    if (kind == "latency_ratio") return judge_latency_ratio(claim, evidence);
    if (kind == "fact") return judge_fact(claim, evidence);
    return over_settings(claim, evidence, [&](const Setting& setting) {
        if (kind == "difference") return judge_difference(claim, setting);
        if (kind == "largest_step") return judge_largest_step(claim, setting);
        if (kind == "within") return judge_within(claim, setting, evidence);
        return judge_run_statistic(claim, setting, evidence);
    });
}

}  // namespace dsqbench
