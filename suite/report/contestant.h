// Rows put in order for statistics: one contender, one row a seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

struct Contestant {
    std::string label;
    std::map<std::uint64_t, Row> by_seed;
};

// The training rows among `rows` by label, in the order of first appearance. Of several rows for one seed a publishable
// one counts before others, then the later one.
std::vector<Contestant> contestants(const std::vector<Row>& rows);

using ValuesBySeed = std::map<std::uint64_t, double>;

// The metric of every run that converged, where it is set. A diverged run has no accuracy to average: it is counted and
// named beside the mean instead.
ValuesBySeed converged_values(const Contestant& contestant, const std::string& metric);
std::vector<double> values_of(const ValuesBySeed& by_seed);

// mean(a) - mean(b) over the seeds that both have; nullopt when there are none.
std::optional<Difference> difference_over_common_seeds(const ValuesBySeed& a, const ValuesBySeed& b);

bool converged(const Row& row);
bool publishable(const Contestant& contestant);

// Throws Error(failed) when rows of one protocol come from different data, which no mean may hide.
void require_same_data(const std::vector<Row>& rows);

}  // namespace dsqbench
