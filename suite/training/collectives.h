// What ranks speak through: Gloo between processors, NCCL between GPUs. For suite/training/process_group.cpp alone.
#pragma once

#include <torch/version.h>

#include <chrono>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include "suite/launch/ranks.h"

#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#endif

namespace dsqbench {

#if TORCH_VERSION_MAJOR >= 2
using Collectives = c10::intrusive_ptr<c10d::Backend>;
#else
using Collectives = c10::intrusive_ptr<c10d::ProcessGroup>;
#endif

// Where ranks find each other, and for how long each waits for the others, now and in every collective.
struct Meeting {
    const Ranks& ranks;
    c10::intrusive_ptr<c10d::Store> store;
    std::chrono::seconds patience;
};

// Connected to all ranks. Their tensors are contiguous and, of Gloo, on the CPU, of NCCL, on `gpu`. Throw
// Error(unavailable) where this dsqbench was built without them, std::exception when the ranks do not come together.
Collectives gloo_collectives(const Meeting& meeting);
Collectives nccl_collectives(const Meeting& meeting, at::Device gpu);

}  // namespace dsqbench
