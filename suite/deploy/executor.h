// Runs an integer network on the kernels. Every kernel gives the same bits, and so does every number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/api/instruction_set.h"
#include "kernels/api/tuning.h"
#include "suite/deploy/memory_plan.h"
#include "suite/deploy/network.h"

namespace dsqbench::deploy {

struct ExecutorOptions {
    int batch = 1;
    int threads = 1;
    InstructionSets allowed = available_instruction_sets();
    std::string kernel;  // by name, for every convolution; empty: the best of those allowed for each
    CostTable costs;     // that decide which is the best; without them kernels/ does
    Reuse reuse = Reuse::yes;
};

class Executor {
public:
    // Packs the weights; `network` may go afterwards. Throws KernelError for a kernel that is not there, ShapeError for
    // a batch so large that a tensor has more than 2^31 - 1 elements.
    Executor(const Network& network, const ExecutorOptions& options);
    ~Executor();

    int batch() const;
    int classes() const;

    // `images`: bytes, [batch, C, H, W]; returns the logits, [batch, classes], valid until the next run.
    std::span<const float> run(const std::uint8_t* images);

    // One step after the other, for timing and looking.
    std::size_t steps() const;
    const std::string& name(std::size_t step) const;
    const std::string& kernel(std::size_t step) const;  // "" for steps that are no integer convolutions
    void run_step(std::size_t step, const std::uint8_t* images);

    // Bytes of a tensor as the last run left it, all images after each other; whole with Reuse::no only.
    std::span<const std::byte> tensor(int index) const;

    // What a run holds in memory.
    std::size_t weight_bytes() const;      // as the kernels packed them
    std::size_t activation_bytes() const;  // of all tensors together
    std::size_t scratch_bytes() const;     // of what the kernels need beside, for all threads

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The class with the largest logit of each image; the first of equal ones.
std::vector<int> predictions(std::span<const float> logits, int classes);

}  // namespace dsqbench::deploy
