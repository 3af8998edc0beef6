// Claims about the contenders of one recipe, or of several: each a setting.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/record/run_directory.h"
#include "suite/record/run_statistic.h"
#include "suite/report/claim_rules.h"
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
        const ClaimVerdict verdict =
            undecided_where_rows_disagree([&] { return judge_one(setting_of(recipe, evidence)); });
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
    const auto difference =
        with_interval(converged_values(*chosen.contenders[0], metric), converged_values(*chosen.contenders[1], metric));
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
        const auto lead = with_interval(steps.back(), steps[i]);
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

}  // namespace

ClaimVerdict judge_by_settings(const Claim& claim, const Evidence& evidence) {
    const std::string kind = claim.rule.text("kind");
    return over_settings(claim, evidence, [&](const Setting& setting) {
        if (kind == "difference") return judge_difference(claim, setting);
        if (kind == "largest_step") return judge_largest_step(claim, setting);
        if (kind == "within") return judge_within(claim, setting, evidence);
        return judge_run_statistic(claim, setting, evidence);
    });
}

}  // namespace dsqbench
