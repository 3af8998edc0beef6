// Accuracy and loss of a network.
#pragma once

#include <cstdint>

#include "suite/data/loader.h"
#include "suite/models/network.h"

namespace dsqbench {

struct Evaluation {
    double loss = 0;            // mean cross-entropy, nats
    double top1 = 0, top5 = 0;  // percent; top-5 is top-k with k = min(5, classes)
    std::int64_t images = 0;
};

// Sums over batches; the one place where accuracy is counted, in training and evaluation alike.
class EvaluationSum {
public:
    void add(double mean_loss, const at::Tensor& logits, const at::Tensor& labels);
    void add(const EvaluationSum& other);
    // The sum of all ranks' sums; this one when the group is null.
    EvaluationSum over(const RankGroup* group) const;
    Evaluation mean() const;

    // Exact state, for checkpoints.
    double loss_sum = 0;
    std::int64_t top1_count = 0, top5_count = 0, images = 0;
};

// Runs the network in evaluation mode over the loader's epoch, or its first `limit_batches` when that is positive, and
// puts it back into the mode that it was in. With a group, each rank's loader has its part of every batch.
Evaluation evaluate(Network& network, Loader& loader, std::int64_t limit_batches = 0, const RankGroup* group = nullptr);

}  // namespace dsqbench
