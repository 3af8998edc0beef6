// How a claim's rule turns evidence into a verdict: what all rules share, and which rule it is.
#include <fmt/format.h>

#include "suite/core/error.h"
#include "suite/core/text.h"
#include "suite/report/claim_rules.h"

namespace dsqbench {

using Kind = VerdictKind;

ClaimVerdict missing(const std::string& what) {
    return {Kind::not_run_here, "needs " + what};
}

ClaimVerdict undecided_where_rows_disagree(const std::function<ClaimVerdict()>& judge_one) {
    try {
        return judge_one();
    } catch (const Error& error) {
        if (error.code() != ExitCode::failed) throw;
        return {Kind::undecided, error.message()};
    }
}

Difference with_interval(const std::vector<double>& values) {
    return with_interval_of_unanimous(paired_difference(values, std::vector<double>(values.size(), 0.0)));
}

std::optional<Difference> with_interval(const ValuesBySeed& a, const ValuesBySeed& b) {
    const auto difference = difference_over_common_seeds(a, b);
    return difference ? std::optional(with_interval_of_unanimous(*difference)) : std::nullopt;
}

Kind side_of(const Difference& difference, double border) {
    if (!difference.confidence) return Kind::undecided;
    if (difference.confidence->low > border) return Kind::holds;
    return difference.confidence->high <= border ? Kind::does_not_hold : Kind::undecided;
}

Kind band_verdict(const Difference& mean, double low, double high) {
    if (!mean.confidence) return Kind::undecided;
    if (mean.confidence->low >= low && mean.confidence->high <= high) return Kind::holds;
    return mean.confidence->high < low || mean.confidence->low > high ? Kind::does_not_hold : Kind::undecided;
}

std::string seeds_text(const Difference& difference) {
    return difference.count == 1 ? "one seed, which has no interval" : fmt::format("{} seeds", difference.count);
}

std::vector<std::string> ids_of(const std::vector<const Contestant*>& contenders) {
    std::vector<std::string> ids;
    for (const auto* contender : contenders)
        for (const auto& [seed, row] : contender->by_seed) ids.push_back(text_of(row, "row_id"));
    return ids;
}

const PublishedNumber* find_published(const std::string& name, const Evidence& evidence) {
    for (const auto& number : evidence.published)
        if (number.file + "/" + number.key == name) return &number;
    return nullptr;
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
    return judge_by_settings(claim, evidence);
}

}  // namespace dsqbench
