// What `dsqbench bench` can measure: `dsqbench bench TARGET`. A target is one file, bench_<target>.cpp, that defines a
// Verb; bench.cpp lists them. Without a target, bench measures kernels.
#pragma once

#include "suite/cli/verb.h"

namespace dsqbench {

extern const Verb bench_kernels_target;
extern const Verb bench_training_target;  // below the LibTorch line
extern const Verb bench_loader_target;    // the same
extern const Verb bench_ranks_target;     // the same

}  // namespace dsqbench
