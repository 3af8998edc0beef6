// The processes that train one network together, each on its part of every batch: what quantizers and layers whose
// training depends on the whole batch need of them. suite/training/process_group.h makes one.
#pragma once

#include <ATen/ATen.h>

namespace dsqbench {

// Every call is collective: all ranks make the same calls in the same order, with tensors of the same shape and type.
// No gradients. Throws Error(failed) when a rank is gone.
class RankGroup {
public:
    virtual ~RankGroup() = default;

    virtual int rank() const = 0;   // of this process, from 0
    virtual int ranks() const = 0;  // how many there are

    // x of every rank in their order: [ranks, ...].
    virtual at::Tensor gather(const at::Tensor& x) const = 0;
    // The sum over all ranks, the same bits on each.
    virtual at::Tensor sum(const at::Tensor& x) const = 0;
};

// Is it so on any rank? On this one, when the group is null.
inline bool any(const RankGroup* group, bool value) {
    return group == nullptr ? value : group->sum(at::full({1}, value ? 1 : 0, at::kInt)).item<int>() > 0;
}

}  // namespace dsqbench
