// The choice among variants never asks for an instruction that the processor lacks. scripts/test --aarch64 runs these
// under emulation of several processors; a wrong answer ends there in an illegal instruction.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "kernels/api/error.h"
#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

ConvolutionProblem layer(int bits) {
    ConvolutionProblem problem{{}, {bits}, {bits, Coding::signed_codes}};
    problem.shape.height = problem.shape.width = 6;
    problem.shape.in_channels = 40;
    problem.shape.out_channels = 70;
    problem.shape.kernel_height = problem.shape.kernel_width = 3;
    problem.shape.padding = {1, 1, 1, 1};
    return problem;
}

TEST(Dispatch, chooses_what_this_processor_runs_and_it_runs) {
    std::mt19937 random(3);
    for (int bits = 1; bits <= 8; ++bits) {
        const auto sample = testing::make_sample(layer(bits), {}, random);
        const KernelVariant& chosen = choose_variant(sample.problem, available_instruction_sets());
        EXPECT_TRUE(available_instruction_sets().contain(chosen.needs)) << chosen.name;
        EXPECT_EQ(testing::run(chosen, sample), testing::run(find_variant("reference/scalar"), sample)) << chosen.name;
    }
}

TEST(Dispatch, refuses_a_kernel_by_name_that_this_processor_cannot_run) {
    std::mt19937 random(4);
    const auto sample = testing::make_sample(layer(8), {}, random);
    for (const KernelVariant& variant : kernel_variants()) {
        if (available_instruction_sets().contain(variant.needs)) continue;
        EXPECT_THROW(prepare(variant, sample.problem, sample.weights), KernelError) << variant.name;
    }
}

// What Arm's manuals say of each processor.
TEST(Dispatch, knows_the_emulated_processor) {
    const char* processor = std::getenv("DSQBENCH_EMULATED_PROCESSOR");
    if (processor == nullptr) GTEST_SKIP() << "DSQBENCH_EMULATED_PROCESSOR is not set";
    const std::map<std::string, std::string> expected{{"cortex-a53", "neon"},
                                                      {"cortex-a72", "neon"},
                                                      {"neoverse-n1", "neon+neon_dot"},
                                                      {"max", "neon+neon_dot+neon_i8mm"}};
    ASSERT_EQ(expected.count(processor), 1u) << processor;
    EXPECT_EQ(name(available_instruction_sets()), expected.at(processor));
}

#if defined(__aarch64__)
TEST(Dispatch, of_arm_prefers_the_newest_instructions_where_they_win) {
    const auto chosen = [](int bits, InstructionSets sets) { return choose_variant(layer(bits), sets).name; };
    const InstructionSets neon = InstructionSet::neon;
    const InstructionSets dot(neon.bits | InstructionSets(InstructionSet::neon_dot).bits);
    const InstructionSets i8mm(dot.bits | InstructionSets(InstructionSet::neon_i8mm).bits);
    EXPECT_EQ(chosen(1, neon), "neon/dictionary");
    EXPECT_EQ(chosen(4, neon), "neon/multiply_long");
    EXPECT_EQ(chosen(8, neon), "neon/multiply_long");
    EXPECT_EQ(chosen(8, dot), "neon/dot_product");
    EXPECT_EQ(chosen(4, i8mm), "neon/matrix_multiply");
}
#endif

}  // namespace
}  // namespace dsqbench
