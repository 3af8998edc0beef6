// One training run from its recipe to its result, resumable at any moment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "suite/recipe/matrix.h"

namespace dsqbench {

class ProcessGroup;

struct TrainingProgress {
    double fraction = 0;                 // of the whole run
    std::int64_t epoch = 0, epochs = 0;  // epoch: from 1
    double loss = 0;                     // of the last batch
    double images_per_second = 0;        // evaluation not counted
    std::optional<double> epoch_top1;    // %, after the last whole epoch
};

// Facts of the site and of this invocation, which never change what is computed, except limit_batches, which is
// recorded.
struct TrainingSite {
    std::filesystem::path data_root;
    std::string device = "cpu";                               // a LibTorch device name
    std::optional<std::filesystem::path> pretrained_weights;  // weights.safetensors of the pre-training run
    std::optional<std::filesystem::path> given_weights;       // safetensors file that --weights was made into
    std::int64_t limit_batches = 0;                           // of one epoch and of its evaluation; 0: no limit
    double checkpoint_seconds = 60;  // between checkpoints inside an epoch; 0: after every step
    int loader_threads = 1;
    // The processes that train together, each with its part of every batch; all of them see the run directory, and rank
    // 0 writes there. Null: this one alone.
    std::shared_ptr<const ProcessGroup> group;
    std::function<void(const TrainingProgress& progress)> on_progress = [](const TrainingProgress&) {};
};

enum class TrainingEnd {
    finished,  // result.json and weights.safetensors are there
    stopped,   // a signal asked for it; the checkpoint is there
};

// Trains in the run directory `run`, or takes up what is there. A run that is finished already returns at once. A run
// that diverges (a loss that is not finite, or an epoch whose mean loss is above both that of its first batch and that
// of guessing, ln(classes)) is finished, with the outcome "not converged". A run goes on with another number of ranks
// than before; metrics.jsonl and the row then say so. Throws Error.
TrainingEnd train(const RunRequest& request, const std::filesystem::path& run, const TrainingSite& site);

}  // namespace dsqbench
