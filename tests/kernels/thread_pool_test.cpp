// A pool gives the bytes of one thread, whatever the kernel and the number of threads.
#include "kernels/api/thread_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <thread>

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

// Stage 4 of ResNet-18 has 49 output pixels, or 16 tiles of Winograd's.
TEST(ThreadPool, has_work_for_several_threads_in_small_layers) {
    std::mt19937 random(6);
    for (const int bits : {1, 2, 4, 8}) {
        const Sample sample = testing::make_sample(problem_of(bits, 7), {}, random);
        for (const KernelVariant& variant : kernel_variants()) {
            if (variant.name == "reference/scalar" || !variant.supports(sample.problem) ||
                !available_instruction_sets().contain(variant.needs))
                continue;
            EXPECT_GE(prepare(variant, sample.problem, sample.weights)->blocks(), 4) << variant.name;
        }
    }
}

TEST(ThreadPool, calls_work_once_on_each_thread_asleep_or_not) {
    ThreadPool pool(usable_processors());
    for (const auto between : {std::chrono::microseconds(0), std::chrono::microseconds(100'000)})
        for (int round = 0; round < 3; ++round) {
            std::vector<int> calls(static_cast<std::size_t>(pool.threads()));
            std::this_thread::sleep_for(between);
            pool.on_every_thread([&](std::size_t thread) { ++calls[thread]; });
            EXPECT_EQ(calls, std::vector<int>(calls.size(), 1));
        }
}

TEST(ThreadPool, sleeps_when_idle) {
    ThreadPool pool(usable_processors());
    pool.on_every_thread([](std::size_t) {});
    const auto processor_seconds = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const double before = processor_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_LT(processor_seconds() - before, 0.02);
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
