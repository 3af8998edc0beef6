// Did B get worse than A? Two sets of rows, contender by contender.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

enum class TestKind { none, paired_t, welch_t, unanimous };  // the last: no spread over the seeds, so no test

struct MetricChange {
    std::string recipe, protocol_id, label_a, label_b, metric;
    std::optional<double> mean_a, mean_b;  // over the runs that converged
    std::size_t count_a = 0, count_b = 0;
    std::optional<Difference> difference;  // B - A
    TestKind test = TestKind::none;
    bool better = false, worse = false;  // the 95 % interval excludes 0
    bool regression = false;             // worse, a quality metric, and all rows publishable
    std::vector<std::string> notes;      // why there is no test, runs that stopped converging, other machines
};

struct RegressionReport {
    std::vector<MetricChange> changes;
    std::vector<std::string> only_in_a, only_in_b;  // labels
    bool regression() const;
};

// Pairs rows by (protocol_id, label); where a protocol has a single label on either side, those two are paired (two
// contenders of one recipe). Equal seeds are compared pair by pair, others by Welch's test; what every seed says alike
// needs no test. A seed that converged in A and does not in B is a regression of the quality metrics (top1, top5, loss)
// without a test. Throws Error(data) when A and B share no protocol or no contender, or have different data;
// Error(usage) for a metric that has no better side.
RegressionReport compare_results(const std::vector<Row>& a, const std::vector<Row>& b,
                                 const std::vector<std::string>& metrics);

std::string format_table(const RegressionReport& report);
nlohmann::json to_json(const RegressionReport& report);

}  // namespace dsqbench
