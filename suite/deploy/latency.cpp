#include "suite/deploy/latency.h"

#include <algorithm>
#include <cstring>

#include "kernels/bench/core_clock.h"
#include "kernels/bench/stopwatch.h"
#include "suite/core/error.h"
#include "suite/core/random.h"
#include "suite/core/signals.h"
#include "suite/deploy/kernel_costs.h"
#include "suite/deploy/network_shape.h"

namespace dsqbench::deploy {

namespace {

struct Runnable {
    std::function<void()> run;
    std::function<void(std::size_t)> run_step;
    NetworkLatency* latency;
    std::vector<std::vector<double>> step_samples;
};

class LatencyBenchmark {
public:
    explicit LatencyBenchmark(const LatencyRequest& request) : request_(request) {
        const ImageSize& image = request.networks.at(0)->image;
        Random random(20191027);  // any; the same for every run
        images_.resize(static_cast<std::size_t>(request.execution.batch) * std::size_t(image.channels) *
                       std::size_t(image.height) * std::size_t(image.width));
        for (std::uint8_t& byte : images_) byte = static_cast<std::uint8_t>(random.below(256));
        // Their places must not move: Runnable points there.
        result_.ours.resize(request.networks.size());
        result_.rivals.resize(request.rivals.size());
    }

    LatencyResult run(NoiseGate& gate) {
        for (std::size_t i = 0; i < request_.networks.size(); ++i) add_ours(*request_.networks[i], result_.ours[i]);
        const NetworkShape shape = shape_of(*request_.networks[0]);
        for (std::size_t i = 0; i < request_.rivals.size(); ++i)
            add_rival(shape, request_.rivals[i], result_.rivals[i]);
        result_.gigahertz = core_gigahertz();
        std::vector<Competitor> competitors;
        for (const Runnable& runnable : runnables_)
            competitors.push_back({std::to_string(competitors.size()), runnable.run});
        TimingSettings timing;
        timing.samples = request_.samples;
        timing.threads = request_.execution.threads;
        const auto timings = time_interleaved(request_.title, competitors, timing, gate);
        result_.gigahertz = std::max(result_.gigahertz, core_gigahertz());
        for (std::size_t i = 0; i < timings.size(); ++i) runnables_[i].latency->total = timings[i];
        for (int round = 0; round < request_.samples; ++round)
            for (Runnable& runnable : runnables_) time_steps(runnable);
        for (const Runnable& runnable : runnables_)
            for (std::size_t step = 0; step < runnable.step_samples.size(); ++step)
                runnable.latency->steps[step].nanoseconds = summarise(runnable.step_samples[step]);
        return std::move(result_);
    }

private:
    void add_ours(const Network& network, NetworkLatency& latency) {
        ExecutorOptions execution = request_.execution;
        if (request_.choice == KernelChoice::measured) execution.costs = measured_costs(network, execution.batch);
        const auto executor = std::make_shared<Executor>(network, execution);
        latency.check_passed = passes(network, *executor);
        latency.weight_bytes = executor->weight_bytes();
        latency.memory = {executor->activation_bytes(), executor->scratch_bytes()};
        for (std::size_t i = 0; i < executor->steps(); ++i)
            latency.steps.push_back({executor->name(i), executor->kernel(i), {}});
        const std::uint8_t* images = images_.data();
        runnables_.push_back({[executor, images] { executor->run(images); },
                              [executor, images](std::size_t step) { executor->run_step(step, images); },
                              &latency,
                              {}});
    }

    bool passes(const Network& network, Executor& executor) const {
        ExecutorOptions baseline = request_.execution;
        baseline.allowed = InstructionSet::baseline;
        baseline.kernel.clear();
        Executor reference(network, baseline);
        const auto expected = reference.run(images_.data()), found = executor.run(images_.data());
        return expected.size() == found.size() &&
               std::memcmp(expected.data(), found.data(), expected.size_bytes()) == 0;
    }

    void add_rival(const NetworkShape& shape, const std::string& name, NetworkLatency& latency) {
        const RivalNetwork& rival = RivalNetworkRegistry::instance().find(name);
        latency.rival = name;
        latency.arithmetic = rival.arithmetic;
        latency.version = rival.version;
        PreparedNetwork prepared =
            rival.prepare(shape, {request_.execution.batch, {request_.rival_sets, request_.execution.threads}});
        latency.refusal = prepared.refusal;
        if (!prepared.refusal.empty()) return;
        latency.weight_bytes = prepared.weight_bytes;
        for (const std::string& step : prepared.steps) latency.steps.push_back({step, {}, {}});
        runnables_.push_back({prepared.run, prepared.run_step, &latency, {}});
    }

    void time_steps(Runnable& runnable) const {
        if (stop_signal() != 0) throw Error(ExitCode::interrupted, "stopped by a signal");
        const std::size_t count = runnable.latency->steps.size();
        runnable.step_samples.resize(count);
        runnable.run();  // into the caches what a run leaves there
        for (std::size_t step = 0; step < count; ++step)
            runnable.step_samples[step].push_back(nanoseconds_of([&] { runnable.run_step(step); }));
    }

    const LatencyRequest& request_;
    std::vector<std::uint8_t> images_;
    std::vector<Runnable> runnables_;
    LatencyResult result_;
};

}  // namespace

LatencyResult measure_latency(const LatencyRequest& request, NoiseGate& gate) {
    return LatencyBenchmark(request).run(gate);
}

}  // namespace dsqbench::deploy
