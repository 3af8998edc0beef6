// Runs one kernel on one 3x3 layer a given number of times, for scripts/arm_bench, which subtracts two counts so that
// start-up and packing cancel:
//     run_layer VARIANT BITS SIZE CHANNELS RUNS
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "kernels/api/variant.h"

using namespace dsqbench;

namespace {

// Codes in, codes out, as in a network; thresholds near the middle of the sums.
ConvolutionProblem layer(int bits, int size, int channels) {
    ConvolutionProblem problem{{}, {bits}, {bits, bits == 1 ? Coding::offset_codes : Coding::signed_codes}};
    problem.shape.height = problem.shape.width = size;
    problem.shape.in_channels = problem.shape.out_channels = channels;
    problem.shape.kernel_height = problem.shape.kernel_width = 3;
    problem.shape.padding = {1, 1, 1, 1};
    const auto count = static_cast<std::size_t>(channels);
    if (bits <= 4) {
        Thresholds thresholds{bits, {}, {}};
        for (std::size_t c = 0; c < count; ++c)
            for (int i = 1; i < 1 << bits; ++i) thresholds.levels.push_back(100 * i);
        problem.epilogue = thresholds;
    } else {
        problem.epilogue = Requantize{bits, std::vector<float>(count, 0.01F), std::vector<float>(count, 1.0F)};
    }
    return problem;
}

void run(char** arguments) {
    const auto number = [&](int i) { return std::atoi(arguments[i]); };
    const ConvolutionProblem problem = layer(number(2), number(3), number(4));
    const std::vector<std::uint8_t> weights(weight_count(problem), 1);
    const std::vector<std::uint8_t> activations(activation_bytes(problem), 0x11 & ((1 << number(2)) - 1));
    std::vector<std::uint8_t> output(output_bytes(problem));
    const auto kernel = prepare(find_variant(arguments[1]), problem, weights);
    Workspace workspace;
    for (int i = number(5); i > 0; --i) kernel->run({activations.data(), nullptr, output.data()}, workspace);
    std::printf("macs %lld\n", static_cast<long long>(problem.shape.nominal_macs()));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 6) return std::fputs("run_layer VARIANT BITS SIZE CHANNELS RUNS\n", stderr), 2;
    try {
        run(arguments);
    } catch (const std::exception& error) {
        return std::fprintf(stderr, "run_layer: %s\n", error.what()), 69;
    }
    return 0;
}
