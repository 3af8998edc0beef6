// The mean of all ranks' gradients: parameters are put together into buckets in the order in which the backward pass
// reaches them, and a full bucket is summed over the ranks while the pass goes on (Li et al. 2020, "PyTorch
// Distributed", section 3.2).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "suite/training/process_group.h"

namespace dsqbench {

class GradientBuckets {
public:
    // Of a network's parameters, in the order of its forward pass; a null group is this process alone. 4 MiB: a sum
    // takes a few milliseconds, and the last bucket, which nothing hides, is small.
    GradientBuckets(const std::vector<at::Tensor>& parameters, std::shared_ptr<const ProcessGroup> group,
                    std::int64_t bucket_bytes = std::int64_t{4} << 20);
    ~GradientBuckets();
    GradientBuckets(const GradientBuckets&) = delete;
    GradientBuckets& operator=(const GradientBuckets&) = delete;

    // loss.backward(), which all ranks make: afterwards every gradient is the mean over the ranks. A parameter without
    // a gradient, which must be so on all ranks, stays without. Passes that are made otherwise are left alone.
    void backward(const at::Tensor& loss);

private:
    void start();
    void finish();

    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dsqbench
