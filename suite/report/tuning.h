// Fair tuning: one recipe for all can favour the contender that it was chosen for, so every cell of a design gets the
// same search, on images held out of the training set (the test images choose nothing).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "suite/report/attribution.h"

namespace dsqbench {

struct TuningTrial {
    std::size_t cell = 0;      // its index
    std::string setting;       // "training.learning_rate=0.1"
    DesignCell trial;          // trained on less, evaluated on the held-out images
    std::vector<double> top1;  // of the runs that converged, filled by score_trials(); % on the held-out images
    std::size_t not_converged = 0;
};

// Every cell with every combination of the sweeps' values ("key=v1,v2"). Held out are the recipe's own
// data.validation_images, else a tenth of its data.train_images. Throws Error(usage) for a sweep of something else than
// training, augmentation or tricks, Error(recipe) when no number of images to hold out can be told, or when two trials
// are one and the same training, as those of two cells are that differ in the swept key alone.
std::vector<TuningTrial> trials_of(const Design& design, const std::vector<DesignCell>& cells,
                                   const std::vector<std::string>& sweeps);

// Takes the trials' results from the rows.
void score_trials(std::vector<TuningTrial>& trials, const std::vector<std::uint64_t>& seeds,
                  const std::vector<Row>& rows);

// The cells with their best settings: the largest mean top-1, of equals the first; trials that did not converge in
// every seed only when all did not. Throws Error(numeric) when none of a cell's trials converged, Error(failed) when
// none has a result.
std::vector<DesignCell> tuned_cells(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials);

// Which setting tuned_cells() takes for each cell.
std::vector<std::string> chosen_settings(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials);

// Contenders whose rank under one recipe differs between the two cards: "soft_gradient with schedule: rank 2, tuned 1".
std::vector<std::string> rank_changes(const Design& design, const AttributionCard& identical,
                                      const AttributionCard& tuned);

std::string format_tuning(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials,
                          const std::vector<std::string>& changes);
nlohmann::json tuning_json(const std::vector<DesignCell>& cells, const std::vector<TuningTrial>& trials,
                           const std::vector<std::string>& changes);

}  // namespace dsqbench
