// Batch normalisation whose batch may be spread over several processes ("sync batch norm").
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "quantizers/rank_group.h"
#include "suite/blocked/feature.h"

namespace dsqbench {

// By the batch's mean and variance in training mode, which also move the running ones; by these in evaluation.
// PyTorch's names and defaults (LibTorch's own class cannot be derived from: it keeps a virtual function to itself).
class BatchNorm2d : public torch::nn::Module {
public:
    static constexpr double epsilon = 1e-5;

    explicit BatchNorm2d(std::int64_t channels);

    // [C]: parameters, then running statistics, the variance unbiased.
    at::Tensor weight, bias, running_mean, running_var;
    at::Tensor num_batches_tracked;  // int64
    // Weight of the newest batch in the running statistics; nullopt: they are the plain average of all batches.
    std::optional<double> momentum = 0.1;

    void reset_running_stats();

    // From now on x of forward() is this rank's part of a batch, as large as the others', and the whole batch's
    // statistics count. Null: x is all of it.
    void join(std::shared_ptr<const RankGroup> group) { group_ = std::move(group); }

    // [N, C, H, W], the same back.
    at::Tensor forward(const at::Tensor& x);
    // Of what a blocked convolution gives.
    blocked::Feature forward(const blocked::Convolved& x, blocked::Rectified rectified);

private:
    struct Statistics {
        at::Tensor mean, variance;  // [C], biased, differentiable
    };
    // What normalises `local`, of `count` elements a channel, in training mode. Moves the running statistics.
    Statistics observe(const Statistics& local, std::int64_t count);
    double weight_of_newest();
    struct Affine {
        at::Tensor scale, shift;  // [C]
    };
    Affine affine(const Statistics& statistics) const;

    std::shared_ptr<const RankGroup> group_;
};

}  // namespace dsqbench
