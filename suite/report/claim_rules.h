// What the rules of claims have in common; for the files claim_*.cpp alone. Everywhere: an interval of 95 % that lies
// on the claimed side holds, one that lies on the other side does not, one that holds the border decides nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "suite/report/claim.h"
#include "suite/report/contestant.h"

namespace dsqbench {

// The rules difference, largest_step, within and run_statistic; recipe_share; latency_ratio; fact.
ClaimVerdict judge_by_settings(const Claim& claim, const Evidence& evidence);
ClaimVerdict judge_recipe_share(const Claim& claim, const Evidence& evidence);
ClaimVerdict judge_latency_ratio(const Claim& claim, const Evidence& evidence);
ClaimVerdict judge_fact(const Claim& claim, const Evidence& evidence);

ClaimVerdict missing(const std::string& what);  // "needs ..."
// What judge_one() says; undecided, with the reason, where it finds rows that contradict each other.
ClaimVerdict undecided_where_rows_disagree(const std::function<ClaimVerdict()>& judge_one);

// Mean and interval. Seeds that all say the same, as of a share of sites that is 1 in every run, have no spread to make
// one from: their interval is the number itself.
Difference with_interval(const std::vector<double>& values);
// The same of a - b over the seeds that both have; nullopt when there are none.
std::optional<Difference> with_interval(const ValuesBySeed& a, const ValuesBySeed& b);

VerdictKind side_of(const Difference& difference, double border);  // is it above?
VerdictKind band_verdict(const Difference& mean, double low, double high);
std::string seeds_text(const Difference& difference);

std::vector<std::string> ids_of(const std::vector<const Contestant*>& contenders);
const PublishedNumber* find_published(const std::string& name, const Evidence& evidence);  // "dsq_table4/key"

}  // namespace dsqbench
