// Batches in an order that depends on the seed and the epoch alone, never on the number of threads.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "suite/data/augmentation.h"
#include "suite/data/dataset.h"

namespace dsqbench {

struct Batch {
    at::Tensor images;  // float32 [N, C, H, W], normalised
    at::Tensor labels;  // int64 [N]
};

struct LoaderOptions {
    std::int64_t batch_size = 128;
    Augmentation augmentation;  // what is done to each image
    std::uint64_t seed = 0;     // the run's root seed; order and augmentation derive their own streams from it
    enum class Order { shuffled, sequential } order = Order::shuffled;
    enum class LastBatch { keep, drop } last_batch = LastBatch::keep;
    int part = 0, parts = 1;  // which of how many equal parts of every batch this loader gives; uneven by one image
                              // at most, and of a short last batch maybe empty
    int threads = 1;          // workers that prepare batches ahead, at least 1
    int batches_ahead = 4;    // bound of the queue

    LoaderOptions in_order() const;  // all images, as they are, in their order
};

// One pass. Throws the workers' first error from next().
class Loader {
public:
    Loader(std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices, LoaderOptions options);
    ~Loader();

    std::int64_t batches_per_epoch() const;

    // Starts (or restarts) at batch `first_batch` of `epoch`: the batches from there on are the same as if the epoch
    // had run from its start.
    void start(std::uint64_t epoch, std::int64_t first_batch = 0);

    // The next batch, or nullopt at the end of the epoch.
    std::optional<Batch> next();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace dsqbench
