// A window sum is what a channel of weights of one gives.
#include "kernels/api/window_sums.h"

#include <gtest/gtest.h>

#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

std::vector<std::int32_t> sums_of_ones(const ConvolutionProblem& problem,
                                       const std::vector<std::uint8_t>& activations) {
    ConvolutionProblem ones = problem;
    ones.shape.out_channels = 1;
    ones.weights = {1, Coding::unsigned_codes};
    std::vector<std::int32_t> sums(static_cast<std::size_t>(ones.shape.out_pixels()));
    Workspace workspace;
    const std::vector<std::uint8_t> weights(weight_count(ones), 1);
    prepare(find_variant("reference/scalar"), ones, weights)
        ->run({activations.data(), nullptr, sums.data()}, workspace);
    return sums;
}

TEST(WindowSums, are_the_sums_of_a_channel_of_ones) {
    std::mt19937 random(4);
    for (const Coding coding : {Coding::unsigned_codes, Coding::signed_codes, Coding::offset_codes})
        for (int bits = 1; bits <= 8; ++bits)
            for (const int channels : {0, 1, 5, 32, 33, 67}) {
                ConvolutionProblem problem{{}, {bits, coding}, {2, Coding::signed_codes}};
                problem.shape.batch = 2;
                problem.shape.height = 5;
                problem.shape.width = 7;
                problem.shape.in_channels = channels;
                problem.shape.out_channels = 3;
                problem.shape.kernel_height = 3;
                problem.shape.kernel_width = 2;
                problem.shape.stride = 1 + bits % 2;
                problem.shape.padding = {1, 3, 2, 0};
                problem.padding_code = bits == 1 ? 1 : 2;
                const auto sample = testing::make_sample(problem, {}, random);
                std::vector<std::int32_t> scratch(5 * 7), sums(static_cast<std::size_t>(problem.shape.out_pixels()));
                window_sums(problem, sample.activations.data(), scratch.data(), sums.data());
                ASSERT_EQ(sums, sums_of_ones(problem, sample.activations)) << bits << " bits, " << channels;
            }
}

}  // namespace
}  // namespace dsqbench
