// How much slower is B than A? Kernels on layers and whole networks of two sets of rows, case by case.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

// All cases of one network that both have: what differs between them is the commit, the machine, or both.
struct LatencyChange {
    std::string kind, network;           // kind: kernel, network
    std::size_t count = 0;               // of cases
    double ratio = 1;                    // B / A of the medians: the geometric mean over cases
    std::optional<Interval> confidence;  // 95 %, as p_value of a paired t test on logarithms: cases are the sample
    std::optional<double> p_value;
    std::string slowest;  // the case with the largest ratio
    double slowest_ratio = 1;
    std::vector<std::string> machines_a, machines_b;
};

// Of several rows of a case the newest counts, measured and publishable ones of our own kernels alone. Rows of two
// machines make a pair when all but the machine and its processor is the same.
std::vector<LatencyChange> compare_latencies(const std::vector<Row>& a, const std::vector<Row>& b);

std::string format_table(const std::vector<LatencyChange>& changes);
nlohmann::json to_json(const std::vector<LatencyChange>& changes);

}  // namespace dsqbench
