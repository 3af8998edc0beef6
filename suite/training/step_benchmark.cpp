#include "suite/training/step_benchmark.h"

#include <ATen/Parallel.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite/core/clock.h"
#include "suite/core/error.h"
#include "suite/core/memory.h"
#include "suite/core/random.h"
#include "suite/models/network.h"
#include "suite/training/calibration.h"
#include "suite/training/gradient_buckets.h"
#include "suite/training/memory.h"
#include "suite/training/optimizer.h"

namespace dsqbench {

namespace {

// Values do not matter for the speed; these keep the training stable for any number of rounds.
constexpr double learning_rate = 1e-3, weight_decay = 1e-4;
constexpr int memory_steps = 3;
constexpr std::uint64_t seed = 1;

ModelSettings model_settings(const StepSettings& settings, const QuantizerPair& pair) {
    ModelSettings model;
    model.in_channels = settings.channels;
    model.image_size = settings.image_size;
    model.classes = settings.classes;
    model.width = settings.width;
    model.quantization.weight = pair.weight;
    model.quantization.activation = pair.activation;
    model.quantization.weight_bits = model.quantization.activation_bits = settings.bits;
    return model;
}

at::Tensor random_images(const StepSettings& settings) {
    const at::Tensor images =
        at::empty({settings.batch, settings.channels, settings.image_size, settings.image_size}, at::kFloat);
    Random random(seed);
    for (std::int64_t i = 0; i < images.numel(); ++i) images.data_ptr<float>()[i] = static_cast<float>(random.normal());
    return images;
}

// In a child process: the largest resident size after some steps, written to `pipe`.
[[noreturn]] void report_memory(const StepSettings& settings, const std::string& label, int pipe) {
    int status = 1;
    try {
        StepContender contender(settings, label);
        for (int step = 0; step < memory_steps; ++step) contender.step();
        const auto bytes = static_cast<std::int64_t>(resident_memory().peak);
        if (::write(pipe, &bytes, sizeof bytes) == sizeof bytes) status = 0;
    } catch (...) {  // the parent meets the same error and reports it
    }
    ::_exit(status);
}

std::int64_t memory_of(const StepSettings& settings, const std::string& label) {
    int ends[2];
    if (::pipe(ends) != 0) throw Error(ExitCode::failed, "cannot create a pipe");
    const pid_t child = ::fork();
    if (child < 0) throw Error(ExitCode::failed, "cannot start a process");
    if (child == 0) report_memory(settings, label, ends[1]);
    ::close(ends[1]);
    std::int64_t bytes = 0;
    const bool is_complete = ::read(ends[0], &bytes, sizeof bytes) == sizeof bytes;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!is_complete || status != 0)
        throw Error(ExitCode::failed, "a step of '" + label + "' failed while its memory was measured",
                    "is there enough memory for this batch?");
    return bytes;
}

}  // namespace

struct StepContender::Parts {
    std::shared_ptr<Network> network;
    std::unique_ptr<Optimizer> optimizer;
    std::unique_ptr<GradientBuckets> buckets;
    at::Tensor images, labels;
    int threads = 1;
};

StepContender::StepContender(const StepSettings& settings, const std::string& label)
    : label_(label), pair_(complete_pair(label)), parts_(std::make_unique<Parts>()) {
    keep_freed_memory();
    at::set_num_threads(settings.threads);
    parts_->threads = settings.threads;
    parts_->network = make_network(settings.model, model_settings(settings, pair_), seed);
    parts_->images = random_images(settings);
    parts_->labels = at::arange(settings.batch, at::kLong).remainder(settings.classes);
    parts_->network->train();
    calibrate(*parts_->network, parts_->images);
    std::vector<OptimizedTensor> tensors;
    for (const auto& item : parts_->network->named_parameters())
        tensors.push_back({item.key(), item.value(), weight_decay, 1});
    parts_->optimizer = Optimizer::make({}, std::move(tensors));
    parts_->network->join(settings.group, Network::Norms::of_the_whole);
    parts_->buckets = std::make_unique<GradientBuckets>(parts_->network->parameters(), settings.group);
}

StepContender::~StepContender() = default;

double StepContender::step() {
    const bool is_single = parts_->threads == 1;
    const double started = is_single ? processor_seconds() : monotonic_seconds();
    at::Tensor loss = at::cross_entropy_loss(parts_->network->forward(parts_->images), parts_->labels);
    if (const at::Tensor penalty = parts_->network->penalty(); penalty.defined()) loss = loss + penalty;
    parts_->optimizer->zero_grad();
    parts_->buckets->backward(loss);
    parts_->optimizer->step(learning_rate);
    parts_->network->project();
    return (is_single ? processor_seconds() : monotonic_seconds()) - started;
}

std::vector<StepFigures> benchmark_steps(const StepBenchmark& benchmark) {
    const auto report = [&](double done, const std::string& message) {
        if (benchmark.on_progress) benchmark.on_progress(done, message);
    };
    std::vector<StepFigures> figures;
    for (const std::string& label : benchmark.contenders) complete_pair(label);  // errors before anything runs
    for (const std::string& label : benchmark.contenders) {  // before this process has threads or a large heap
        report(0, "memory of " + label);
        figures.push_back({label, complete_pair(label), {}, memory_of(benchmark.settings, label)});
    }
    std::vector<std::unique_ptr<StepContender>> contenders;
    for (const std::string& label : benchmark.contenders) {
        contenders.push_back(std::make_unique<StepContender>(benchmark.settings, label));
        for (int step = 0; step < benchmark.warm_up; ++step) contenders.back()->step();
    }
    for (int round = 0; round < benchmark.rounds; ++round) {
        report(static_cast<double>(round) / benchmark.rounds, "round " + std::to_string(round + 1));
        for (std::size_t i = 0; i < contenders.size(); ++i) figures[i].seconds.push_back(contenders[i]->step());
    }
    return figures;
}

}  // namespace dsqbench
