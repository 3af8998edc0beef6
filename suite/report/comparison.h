// The table that `dsqbench run` prints: contenders of one protocol, side by side.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

// Means, differences and speeds are over the runs that converged; where none did they are missing.
struct ComparisonLine {
    std::string label, weight_quantizer, activation_quantizer;
    std::string bits;                           // "2/2", "32/32"
    std::vector<std::uint64_t> seeds;           // of all runs
    std::optional<double> top1_mean;            // percent
    std::optional<double> top1_sd;              // over seeds, percentage points
    std::optional<Difference> to_fp32, to_ste;  // paired by seed, percentage points; none for the reference itself
    std::map<std::string, double> images_per_second;  // training, by machine: median over seeds
    std::size_t converged = 0, not_converged = 0;
    std::size_t failed = 0;  // runs without a row, which only the caller knows of
    bool publishable = true;
    std::string unpublishable_reason;
    std::vector<std::string> run_directories;
};

struct Comparison {
    std::string recipe, protocol_id, dataset, evaluated_on;
    std::uint64_t test_images = 0;
    std::vector<ComparisonLine> lines;            // in the order of first appearance
    std::set<std::string> machines{}, commits{};  // of the rows that count
};

// Groups training rows of one protocol_id by label. Throws Error(failed) when rows of different protocols or different
// data, or two labels with one recipe_id, are mixed (contract 1). No rows give no lines.
Comparison compare_contenders(const std::vector<Row>& rows);

// One comparison for each protocol among the rows, in the order of first appearance.
std::vector<Comparison> compare_by_protocol(const std::vector<Row>& rows);

// Training images/s by machine: "1871", or "amd-epyc-2c: 1871, my-board: 300", as speeds of two have no mean.
std::string speeds_text(const std::map<std::string, double>& by_machine);

std::string format_table(const Comparison& comparison);  // for a terminal, aligned, UTF-8
std::string format_markdown(const Comparison& comparison);
nlohmann::json to_json(const Comparison& comparison);  // null where undefined

}  // namespace dsqbench
