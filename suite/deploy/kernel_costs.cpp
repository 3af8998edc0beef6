#include "suite/deploy/kernel_costs.h"

#include <algorithm>
#include <memory>

#include "kernels/bench/stopwatch.h"

namespace dsqbench::deploy {

namespace {

constexpr int repetitions = 9;  // of which the median counts; the kernels take turns

struct Contender {
    std::string name;
    std::unique_ptr<Convolution> kernel;
    std::vector<double> times;
};

// Any codes will do: no kernel's time depends on them.
std::vector<Contender> contenders(const ConvolutionProblem& problem) {
    const std::vector<std::uint8_t> weights(weight_count(problem));
    std::vector<Contender> found;
    for (const KernelVariant& variant : kernel_variants())
        if (variant.name != "reference/scalar" && available_instruction_sets().contain(variant.needs) &&
            variant.supports(problem))
            found.push_back({variant.name, prepare(variant, problem, weights), {}});
    return found;
}

std::map<std::string, std::int64_t> costs_of(const ConvolutionProblem& problem) {
    const std::vector<std::uint8_t> activations(activation_bytes(problem));
    std::vector<std::uint8_t> output(output_bytes(problem));
    const ConvolutionBuffers buffers{activations.data(), nullptr, output.data()};
    Workspace workspace;
    auto found = contenders(problem);
    for (Contender& contender : found) contender.kernel->run(buffers, workspace);  // first touches
    for (int i = 0; i < repetitions; ++i)
        for (Contender& contender : found)
            contender.times.push_back(nanoseconds_of([&] { contender.kernel->run(buffers, workspace); }));
    std::map<std::string, std::int64_t> costs;
    for (Contender& contender : found) {
        std::nth_element(contender.times.begin(), contender.times.begin() + repetitions / 2, contender.times.end());
        costs[contender.name] = static_cast<std::int64_t>(contender.times[repetitions / 2]);
    }
    return costs;
}

}  // namespace

CostTable measured_costs(const Network& network, int batch) {
    CostTable table;
    for (const Step& step : network.steps) {
        const auto* convolution = std::get_if<IntegerConvolution>(&step.operation);
        if (convolution == nullptr) continue;
        ConvolutionProblem problem = convolution->problem;
        problem.shape.batch = batch;
        problem.epilogue = KeepSums{};  // costs nearly the same everywhere, and needs no short cut
        const auto [found, is_new] = table.nanoseconds.try_emplace(tuning_key(problem));
        if (is_new) found->second = costs_of(problem);
    }
    return table;
}

}  // namespace dsqbench::deploy
