// What a design will cost and what it can find, before it is run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/report/attribution.h"

namespace dsqbench {

// The trials of fair tuning.
struct SearchPlan {
    std::size_t trials = 0, stored = 0, pretrainings = 0;
};

struct DesignPlan {
    std::string recipe;
    std::size_t cells = 0, seeds = 0, runs = 0, stored = 0;  // stored: runs that have a row already
    std::size_t pretrainings = 0;                            // that the missing runs need
    std::optional<double> images;                            // to train on, all missing runs and pre-trainings
    std::optional<double> images_per_second;  // of one process, median of this machine's rows of this model and width
    std::size_t jobs = 1;
    std::optional<double> seconds;  // with `jobs` processes at a time
    // From stored rows of the design's own cells with two seeds and more.
    std::optional<double> spread;  // standard deviation over seeds, points
    std::size_t cells_with_spread = 0;
    double margin = 0;
    double unit_algorithm = 0, unit_factor = 0;  // standard errors at spread 1 and one seed; unit_factor: the largest
    std::optional<SearchPlan> search;            // of --tune; its images are among those above
};

DesignPlan plan_design(const Recipe& recipe, const Design& design, const std::vector<DesignCell>& cells,
                       const std::vector<std::uint64_t>& seeds, const std::vector<Row>& stored, std::size_t jobs);

// The same with a search before it, whose trials were planned as a design's cells are. What each cell will choose, and
// so what is trained after it, nobody knows yet: that is not counted.
DesignPlan with_search(DesignPlan plan, const DesignPlan& search);

std::string format_table(const DesignPlan& plan);
nlohmann::json to_json(const DesignPlan& plan);

}  // namespace dsqbench
