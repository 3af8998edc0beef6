// Where each tensor lies in one block of memory: tensors that are never alive together may share bytes.
#pragma once

#include <cstddef>
#include <vector>

#include "suite/deploy/network.h"

namespace dsqbench::deploy {

enum class Reuse {
    yes,
    no,  // every tensor keeps its bytes after the run, to be looked at
};

struct MemoryPlan {
    std::vector<std::size_t> offsets;  // of every tensor, multiples of 64
    std::size_t bytes = 0;
};

MemoryPlan plan_memory(const Network& network, int batch, Reuse reuse);

}  // namespace dsqbench::deploy
