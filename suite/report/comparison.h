// The table that `dsqbench run` prints: contenders of one protocol, side by side.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/record/row.h"
#include "suite/report/statistics.h"

namespace dsqbench {

struct ComparisonLine {
    std::string label, weight_quantizer, activation_quantizer;
    std::string bits;                       // "2/2", "32/32"
    std::vector<std::uint64_t> seeds;
    double top1_mean = 0;                   // percent
    std::optional<double> top1_sd;          // over seeds, percentage points
    std::optional<Difference> to_fp32, to_ste;  // paired by seed, percentage points
    double images_per_second = 0;           // training, median over seeds
    std::size_t not_converged = 0, failed = 0;
    bool publishable = true;
    std::vector<std::string> run_directories;
};

struct Comparison {
    std::string recipe, protocol_id;
    std::vector<ComparisonLine> lines;      // in the order of first appearance
};

// Groups training rows of one protocol_id by label. Throws Error(failed) when rows of different protocols, or two labels
// with one recipe_id, are mixed (contract 1).
Comparison compare_contenders(const std::vector<Row>& rows);

std::string format_table(const Comparison& comparison);     // for a terminal, aligned, UTF-8
std::string format_markdown(const Comparison& comparison);
nlohmann::json to_json(const Comparison& comparison);

}  // namespace dsqbench
