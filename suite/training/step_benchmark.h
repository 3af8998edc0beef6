// Speed and memory of one training step, FP32 and contenders in turn: forward, loss, backward, optimizer, projection,
// as the trainer does them, on one fixed batch, so that neither a data set nor the loader is measured.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quantizers/quantizer.h"
#include "suite/training/process_group.h"

namespace dsqbench {

struct StepSettings {
    std::string model = "resnet20";
    std::int64_t width = 16;  // channels of the model's first stage
    std::int64_t batch = 128;
    std::int64_t channels = 3, image_size = 32, classes = 10;
    int bits = 2;
    int threads = 1;
    std::shared_ptr<const ProcessGroup> group;  // ranks that make each step together, of `batch` images each; or null
};

// One contender's network, its optimizer and the batch.
class StepContender {
public:
    // "fp32", "dsq", "dorefa/pact"; throws Error(usage, recipe) as complete_pair() and make_quantizer().
    StepContender(const StepSettings& settings, const std::string& label);
    ~StepContender();

    // Seconds of one step. Processor time where one thread computes: on a shared machine the time of other processes
    // would be counted otherwise; wall-clock time with more threads.
    double step();

    const std::string& label() const { return label_; }
    const QuantizerPair& pair() const { return pair_; }

private:
    struct Parts;
    std::string label_;
    QuantizerPair pair_;
    std::unique_ptr<Parts> parts_;
};

struct StepFigures {
    std::string label;
    QuantizerPair pair;
    std::vector<double> seconds;  // a round
    std::int64_t peak_memory_bytes = 0;
};

struct StepBenchmark {
    StepSettings settings;
    std::vector<std::string> contenders;  // in the order of the result
    int rounds = 9;
    int warm_up = 2;  // steps of each before the first round
    std::function<void(double done, const std::string& message)> on_progress;
};

// Contenders take turns in every round. Memory is the largest resident size of a child process that makes three steps
// of one contender, as a process never gives the figure of one of many. So this has to be the process's first use of
// autograd, which LibTorch 2 refuses in a fork of one that used it. Throws Error(failed) when a child fails.
std::vector<StepFigures> benchmark_steps(const StepBenchmark& benchmark);

}  // namespace dsqbench
