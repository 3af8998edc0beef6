// The stored rows for other tools.
#pragma once

#include <filesystem>

#include "suite/record/row.h"
#include "suite/report/leaderboard.h"

namespace dsqbench {

// Both write `file` anew, one line or record a row, a column for every field of row_fields(), unset fields empty or
// NULL; after a failure the old file is still there. Return the number of rows. Throw Error(data) for a damaged store,
// Error(failed) when the file cannot be written.
std::size_t export_csv(const ResultStore& store, const std::filesystem::path& file);
// One table `rows`, row_id its primary key, with indices on recipe, label and time.
std::size_t export_sqlite(const ResultStore& store, const std::filesystem::path& file);

// For github-action-benchmark's tool customSmallerIsBetter: a list of {"name", "unit", "value", "range", "extra"};
// top-1 as the error in %, kernels as ms.
nlohmann::json github_action_benchmark(const Leaderboard& board);

// Bencher's metric format: {name: {measure: {"value", "lower_value", "upper_value"}}}; accuracy in %, latency in ns.
nlohmann::json bencher_metrics(const Leaderboard& board);

}  // namespace dsqbench
