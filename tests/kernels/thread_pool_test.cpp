// A pool gives the bytes of one thread, whatever the kernel and the number of threads.
#include "kernels/api/thread_pool.h"

#include <gtest/gtest.h>

#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

using testing::Sample;

ConvolutionProblem problem_of(int bits, int size) {
    ConvolutionProblem problem{{}, {bits}, {bits, Coding::signed_codes}};
    problem.shape.height = problem.shape.width = size;
    problem.shape.in_channels = problem.shape.out_channels = 24;
    problem.shape.kernel_height = problem.shape.kernel_width = 3;
    problem.shape.padding = {1, 1, 1, 1};
    problem.epilogue = Thresholds{bits == 8 ? 4 : bits, {}, {}};
    auto& thresholds = std::get<Thresholds>(problem.epilogue);
    for (int i = 0; i < 24 * ((1 << thresholds.bits) - 1); ++i) thresholds.levels.push_back(37 * i % 201 - 100);
    return problem;
}

void expect_equal_to_one_thread(ThreadPool& pool, const ConvolutionProblem& problem) {
    std::mt19937 random(4);
    const Sample sample = testing::make_sample(problem, {}, random);
    for (const KernelVariant& variant : kernel_variants()) {
        if (!available_instruction_sets().contain(variant.needs) || !variant.supports(problem)) continue;
        const auto kernel = prepare(variant, problem, sample.weights);
        std::vector<std::uint8_t> output(output_bytes(problem), 0xCD);
        pool.run(*kernel, {sample.activations.data(), nullptr, output.data()});
        EXPECT_EQ(output, testing::run(variant, sample)) << variant.name << " on " << pool.threads() << " threads";
    }
}

TEST(ThreadPool, gives_the_bytes_of_one_thread) {
    for (const int threads : {1, 2, 3}) {
        ThreadPool pool(threads);
        for (const int bits : {1, 2, 4, 8})
            for (const int size : {0, 1, 7, 20}) expect_equal_to_one_thread(pool, problem_of(bits, size));
    }
}

TEST(ThreadPool, starts_no_more_threads_than_there_are_processors) {
    EXPECT_EQ(ThreadPool(1000).threads(), usable_processors());
    EXPECT_EQ(ThreadPool(0).threads(), 1);
}

TEST(ThreadPool, gives_the_bytes_of_one_thread_run_after_run) {
    ThreadPool pool(usable_processors());
    const ConvolutionProblem problem = problem_of(2, 20);
    std::mt19937 random(5);
    const Sample sample = testing::make_sample(problem, {}, random);
    const auto kernel = prepare(problem, sample.weights);
    const auto expected = testing::run(choose_variant(problem, available_instruction_sets()), sample);
    for (int run = 0; run < 200; ++run) {
        std::vector<std::uint8_t> output(output_bytes(problem), 0xCD);
        pool.run(*kernel, {sample.activations.data(), nullptr, output.data()});
        ASSERT_EQ(output, expected) << "run " << run;
    }
}

}  // namespace
}  // namespace dsqbench
