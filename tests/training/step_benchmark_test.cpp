#include "suite/training/step_benchmark.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "suite/core/error.h"

namespace dsqbench {
namespace {

StepBenchmark small_benchmark() {
    StepBenchmark benchmark;
    benchmark.settings.model = "resnet8";
    benchmark.settings.width = 8;
    benchmark.settings.batch = 4;
    benchmark.settings.image_size = 8;
    benchmark.contenders = {"fp32", "pact"};
    benchmark.rounds = 3;
    benchmark.warm_up = 1;
    return benchmark;
}

void expect_complete(const std::vector<StepFigures>& figures) {
    ASSERT_EQ(figures.size(), 2U);
    EXPECT_EQ(figures[0].label, "fp32");
    EXPECT_EQ(figures[1].pair.weight, "dorefa");
    for (const StepFigures& one : figures) {
        ASSERT_EQ(one.seconds.size(), 3U) << one.label;
        for (const double seconds : one.seconds) EXPECT_GT(seconds, 0) << one.label;
        EXPECT_GT(one.peak_memory_bytes, 1 << 20) << one.label;
    }
}

// In a process that begins here: memory is measured in a fork, and LibTorch 2 refuses to differentiate in a fork of a
// process that has done so already.
TEST(StepBenchmarkDeathTest, gives_every_contender_a_time_a_round_and_its_memory) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            expect_complete(benchmark_steps(small_benchmark()));
            std::exit(::testing::Test::HasFailure() ? 1 : 0);
        },
        ::testing::ExitedWithCode(0), "");
}

TEST(StepBenchmark, refuses_an_unknown_contender) {
    StepBenchmark benchmark = small_benchmark();
    benchmark.contenders.push_back("dsqq");
    EXPECT_THROW(benchmark_steps(benchmark), Error);
}

}  // namespace
}  // namespace dsqbench
