// Latency of whole networks of one shape: ours and the rivals', checked, then timed in turns; then step by step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/bench/interleave.h"
#include "kernels/bench/rival_network.h"
#include "suite/deploy/executor.h"

namespace dsqbench::deploy {

struct LatencyRequest {
    std::string title;                     // "resnet18, batch 1"
    std::vector<const Network*> networks;  // of one shape
    std::vector<std::string> rivals;       // by name
    ExecutorOptions execution;             // batch, threads, instruction sets, kernel
    RivalLimits rival_limits;
    TimingSettings timing;
};

// Of as many rounds as samples were wanted, without the gate: parts of a network are too short to repeat undisturbed.
struct StepTiming {
    std::string name, kernel;
    Summary nanoseconds;
};

struct NetworkLatency {
    std::string rival;  // "" for ours
    Arithmetic arithmetic = Arithmetic::int8;
    std::string version, refusal;
    std::optional<Timing> total;
    std::vector<StepTiming> steps;
    std::size_t weight_bytes = 0, activation_bytes = 0, scratch_bytes = 0;
    bool check_passed = false;  // ours: the logits of baseline kernels, to the bit
};

struct LatencyResult {
    double gigahertz = 0;
    std::vector<NetworkLatency> ours, rivals;  // in the request's order
};

// Throws Error(usage) for an unknown rival, KernelError for a kernel that is not there.
LatencyResult measure_latency(const LatencyRequest& request, NoiseGate& gate);

}  // namespace dsqbench::deploy
