// How far a run is: what its next step depends on beside tensors, and all of it is in its checkpoint.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "suite/training/evaluation.h"

namespace dsqbench {

struct TrainingState {
    std::int64_t epoch = 0, batch = 0;  // of the next step, from 0
    EvaluationSum epoch_sum;            // of this epoch's batches so far
    std::optional<double> first_loss;   // of the run's first batch
    std::optional<double> epoch_top1;   // %, after the last whole epoch
    double epoch_seconds = 0;           // of this epoch's steps
    double train_seconds = 0;           // of the steps of the epochs before it
    std::int64_t images_trained = 0;
    std::vector<int> ranks;  // that trained so far, one number after another: [1, 2] for a run that two took up

    double images_per_second() const;  // of all steps; 0 before the first
    void add_step(const EvaluationSum& sum);
    void end_epoch();
};

nlohmann::json to_json(const TrainingState& state);

// Throws nlohmann::json::exception when it is none.
TrainingState training_state(const nlohmann::json& json);

}  // namespace dsqbench
