// Latency of whole networks of one shape: ours and the rivals', checked, then timed in turns; then step by step.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernels/bench/interleave.h"
#include "kernels/bench/rival_network.h"
#include "suite/deploy/executor.h"

namespace dsqbench::deploy {

enum class KernelChoice {
    modelled,  // by kernels/, or execution.kernel
    measured,  // each layer's fastest here, by a measurement before
};

struct LatencyRequest {
    std::string title;                     // "resnet18, batch 1"
    std::vector<const Network*> networks;  // of one shape
    std::vector<std::string> rivals;       // by name
    ExecutorOptions execution;             // batch, threads, instruction sets, kernel
    KernelChoice choice = KernelChoice::modelled;
    std::optional<InstructionSets> rival_sets;  // unset: whatever they like best
    int samples = 40;
};

// Of as many rounds as samples were wanted, without the gate: parts of a network are too short to repeat undisturbed.
struct StepTiming {
    std::string name, kernel;
    Summary nanoseconds;
};

struct WorkingMemory {
    std::size_t activations = 0, scratch = 0;  // bytes
};

struct NetworkLatency {
    std::string rival;  // "" for ours
    Arithmetic arithmetic = Arithmetic::int8;
    std::string version, refusal;
    std::optional<Timing> total;
    std::vector<StepTiming> steps;
    std::size_t weight_bytes = 0;         // as packed for the kernels
    std::optional<WorkingMemory> memory;  // ours; what a rival's library needs beside its weights is not known
    bool check_passed = false;            // ours: the logits of baseline kernels, to the bit
};

struct LatencyResult {
    double gigahertz = 0;
    std::vector<NetworkLatency> ours, rivals;  // in the request's order
};

// Throws Error(usage) for an unknown rival, KernelError for a kernel that is not there.
LatencyResult measure_latency(const LatencyRequest& request, NoiseGate& gate);

}  // namespace dsqbench::deploy
