// One layer: our kernels at all wanted bits and the rivals, checked, then timed in turns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/api/tuning.h"
#include "kernels/bench/interleave.h"
#include "kernels/bench/layer_case.h"
#include "kernels/bench/rival.h"
#include "kernels/bench/roof.h"

namespace dsqbench {

struct LayerRequest {
    std::string title;  // "resnet18/stage1"
    ConvolutionShape shape;
    std::vector<BitPair> bits;
    std::vector<std::string> variants;  // by name; empty: the one that prepare() would choose
    InstructionSets allowed = InstructionSet::baseline;
    CostTable costs;                  // for that choice
    std::vector<std::string> rivals;  // by name
    RivalLimits rival_limits;
    TimingSettings timing;
};

struct KernelResult {
    std::string variant;
    InstructionSets needs = InstructionSet::baseline;
    BitPair bits;
    Check check;
    std::optional<Timing> timing;      // unless the check failed or was skipped
    std::optional<Timing> one_thread;  // of the same run, where timing is of several
    Roofs roofs;
    std::string problem;     // tuning_key()
    std::string by_default;  // the variant that would be chosen without measured costs
};

struct RivalResult {
    std::string name, implementation;
    Arithmetic arithmetic = Arithmetic::f32;
    std::optional<Timing> timing;
    std::optional<Timing> one_thread;  // of the same run, where timing is of several
    std::string refusal;               // why there is none
};

struct LayerResult {
    double gigahertz = 0;
    std::vector<KernelResult> kernels;
    std::vector<RivalResult> rivals;
};

// Kernels compute with the threads of `pool`, which `gate` probes. Throws Error(usage) for an unknown variant or rival.
LayerResult benchmark_layer(const LayerRequest& request, ThreadPool& pool, NoiseGate& gate);

}  // namespace dsqbench
