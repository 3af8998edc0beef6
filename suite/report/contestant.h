// Rows put in order for statistics: one contender, one row a seed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

using RowsBySeed = std::map<std::uint64_t, Row>;

// Adds a training row. Of several rows of one seed a publishable one counts before others, then the newest by its time,
// of equal times the one that was read last; of whatever commit and machine they are.
void add_newest(RowsBySeed& by_seed, const Row& row);

struct Contestant {
    std::string label;
    RowsBySeed by_seed;
};

// The training rows among `rows` by label, in the order of first appearance; one row a seed, by add_newest().
std::vector<Contestant> contestants(const std::vector<Row>& rows);

using ValuesBySeed = std::map<std::uint64_t, double>;

// The metric of every run that converged, where it is set. A diverged run has no accuracy to average: it is counted and
// named beside the mean instead.
ValuesBySeed converged_values(const Contestant& contestant, const std::string& metric);
std::vector<double> values_of(const ValuesBySeed& by_seed);

// Training images/s by machine, as speeds of two have no mean: medians over the runs that converged.
std::map<std::string, double> speeds_of(const std::vector<Row>& rows);

std::set<std::string> machines_of(const Contestant& contestant);

// mean(a) - mean(b) over the seeds that both have; nullopt when there are none.
std::optional<Difference> difference_over_common_seeds(const ValuesBySeed& a, const ValuesBySeed& b);

bool converged(const Row& row);
bool publishable(const Contestant& contestant);

// Throws Error(failed) when rows of one protocol come from different data, which no mean may hide.
void require_same_data(const std::vector<Row>& rows);

}  // namespace dsqbench
