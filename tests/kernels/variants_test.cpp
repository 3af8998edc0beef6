// Every kernel equals the reference to the bit: over code types, shapes, fills and epilogues.
#include <gtest/gtest.h>

#include "kernels/api/processor_model.h"
#include "tests/kernels/sample.h"

namespace dsqbench {
namespace {

using testing::Fill;
using testing::Sample;

constexpr Coding codings[] = {Coding::unsigned_codes, Coding::signed_codes, Coding::offset_codes};

std::vector<const KernelVariant*> runnable(const ConvolutionProblem& problem) {
    std::vector<const KernelVariant*> variants;
    for (const KernelVariant& variant : kernel_variants())
        if (available_instruction_sets().contain(variant.needs) && variant.supports(problem))
            variants.push_back(&variant);
    return variants;
}

void expect_all_equal(const ConvolutionProblem& problem, testing::Fills fills, std::mt19937& random) {
    const Sample sample = testing::make_sample(problem, fills, random);
    const auto expected = testing::run(find_variant("reference/scalar"), sample);
    for (const KernelVariant* variant : runnable(problem))
        ASSERT_EQ(testing::run(*variant, sample), expected) << variant->name << " on " << testing::describe(problem);
}

int pick(std::mt19937& random, std::initializer_list<int> choices) {
    return *(choices.begin() + std::uniform_int_distribution<std::size_t>(0, choices.size() - 1)(random));
}

CodeType random_type(std::mt19937& random) {
    return {pick(random, {1, 1, 2, 2, 3, 4, 5, 6, 7, 8}), codings[pick(random, {0, 1, 2})]};
}

ConvolutionShape random_shape(std::mt19937& random) {
    ConvolutionShape shape;
    shape.batch = pick(random, {1, 1, 1, 2, 3});
    shape.height = pick(random, {0, 1, 2, 5, 7, 11});
    shape.width = pick(random, {1, 2, 3, 7, 8, 13});
    shape.kernel_height = pick(random, {1, 3, 3, 5, 7});
    shape.kernel_width = pick(random, {1, 3, 3, 5, 7});
    shape.stride = pick(random, {1, 1, 2});
    shape.padding = {pick(random, {0, 1, 2}), pick(random, {0, 1, 3}), pick(random, {0, 1, 2}),
                     pick(random, {0, 1, 3})};
    // 0, 1, a vector of 8, 16, 32 or 64 codes, one less, one more, a prime.
    shape.in_channels = pick(random, {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 37, 64, 65});
    shape.out_channels = pick(random, {0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 37, 63, 64, 65, 129});
    if (pick(random, {0, 0, 0, 1}) == 1)
        shape.groups = shape.out_channels = shape.in_channels = pick(random, {2, 8, 19});
    return shape;
}

RealNumbers random_real_numbers(const ConvolutionShape& shape, std::mt19937& random) {
    std::normal_distribution<double> normal;
    const auto normals = [&](int count, double spread) {
        std::vector<float> values;
        for (int i = 0; i < count; ++i) values.push_back(static_cast<float>(spread * normal(random)));
        return values;
    };
    RealNumbers real;
    const double spread = 1.0 / (10.0 + shape.depth());
    real.scale = normals(shape.out_channels, spread);
    const int pixels = shape.out_height() * shape.out_width();
    if (pick(random, {0, 1}) == 1)
        for (int i = 0; i < pixels; ++i) real.classes.push_back(static_cast<std::uint8_t>(i % 3));
    const int classes = real.classes.empty() ? 1 : std::min(3, pixels);
    real.bias = normals(classes * shape.out_channels, 1.0);
    if (pick(random, {0, 1}) == 1) real.window_scale = normals(shape.out_channels, spread);
    real.rectifier = pick(random, {0, 1}) == 0 ? Rectifier::none : Rectifier::relu;
    real.shortcut = pick(random, {0, 1}) == 0 ? Shortcut::none : Shortcut::added;
    for (int i = pick(random, {0, 1, 2}); i > 0; --i)
        real.grids.push_back({pick(random, {1, 2, 3, 4, 8}), static_cast<float>(normal(random)), 0.31F});
    return real;
}

// Numbers near the sums that occur, so that every code does.
Epilogue random_epilogue(const ConvolutionShape& shape, std::mt19937& random) {
    const auto channels = static_cast<std::size_t>(shape.out_channels);
    const int bits = pick(random, {1, 2, 3, 4, 8});
    std::normal_distribution<double> normal;
    const double spread = 10.0 + shape.depth();
    if (pick(random, {0, 1}) == 0) return KeepSums{};
    if (pick(random, {0, 1}) == 0) {
        Thresholds thresholds{std::min(bits, 4), {}, {}};
        for (std::size_t i = 0; i < channels * ((1U << thresholds.bits) - 1); ++i)
            thresholds.levels.push_back(static_cast<std::int32_t>(spread * normal(random)));
        for (std::size_t i = 0; i < channels; ++i)
            thresholds.directions.push_back(pick(random, {0, 1}) == 0 ? Direction::rising : Direction::falling);
        return thresholds;
    }
    if (pick(random, {0, 1}) == 0) return random_real_numbers(shape, random);
    Requantize requantize{bits, {}, {}};
    for (std::size_t i = 0; i < channels; ++i) {
        requantize.scale.push_back(static_cast<float>(normal(random) / spread));
        requantize.bias.push_back(static_cast<float>(normal(random)));
    }
    requantize.rectifier = pick(random, {0, 1}) == 0 ? Rectifier::none : Rectifier::relu;
    requantize.offset = static_cast<float>(normal(random));
    requantize.step = 0.0625F;
    if (pick(random, {0, 1}) == 1) requantize.residual = Residual{random_type(random), 0.37F};
    return requantize;
}

ConvolutionProblem random_problem(std::mt19937& random) {
    ConvolutionProblem problem;
    problem.shape = random_shape(random);
    problem.activations = random_type(random);
    problem.weights = random_type(random);
    problem.padding_code = std::uniform_int_distribution<int>(0, problem.activations.levels() - 1)(random);
    problem.epilogue = random_epilogue(problem.shape, random);
    return problem;
}

TEST(Variants, equal_the_reference_on_random_problems) {
    for (unsigned seed = 0; seed < 1500; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        expect_all_equal(random_problem(random), {}, random);
        if (HasFatalFailure()) return;
    }
}

// Both ends of both ranges over a sum longer than every budget: 3 x 3 x 512 = 4608 products.
TEST(Variants, do_not_overflow_at_the_extremes_of_any_code_types) {
    std::mt19937 random(1);
    ConvolutionProblem problem;
    problem.shape.height = problem.shape.width = 2;
    problem.shape.kernel_height = problem.shape.kernel_width = 3;
    problem.shape.padding = {1, 1, 1, 1};
    problem.shape.in_channels = 512;
    problem.shape.out_channels = 2;
    for (int bits = 0; bits < 64; ++bits) {
        for (int coding = 0; coding < 9; ++coding) {
            problem.activations = {1 + bits / 8, codings[coding / 3]};
            problem.weights = {1 + bits % 8, codings[coding % 3]};
            for (const Fill activations : {Fill::lowest, Fill::highest}) {
                problem.padding_code = activations == Fill::lowest ? 0 : problem.activations.levels() - 1;
                for (const Fill weights : {Fill::lowest, Fill::highest})
                    expect_all_equal(problem, {activations, weights}, random);
            }
            if (HasFatalFailure()) return;
        }
    }
}

struct Stage {
    int size, in_channels, out_channels, kernel, stride;
};

// ResNet-18's four 3x3 stages, a stage's entry and its short cut, at their own depths but on fewer rows.
TEST(Variants, equal_the_reference_on_resnet18_stages) {
    std::mt19937 random(2);
    for (const Stage stage : {Stage{56, 64, 64, 3, 1}, Stage{28, 128, 128, 3, 1}, Stage{14, 256, 256, 3, 1},
                              Stage{7, 512, 512, 3, 1}, Stage{56, 64, 128, 3, 2}, Stage{56, 64, 128, 1, 2}}) {
        for (const int bits : {1, 2, 3, 4, 8}) {
            ConvolutionProblem problem{{}, {bits}, {bits, Coding::signed_codes}};
            problem.shape.height = 3;
            problem.shape.width = stage.size;
            problem.shape.in_channels = stage.in_channels;
            problem.shape.out_channels = stage.out_channels;
            problem.shape.kernel_height = problem.shape.kernel_width = stage.kernel;
            problem.shape.stride = stage.stride;
            if (stage.kernel == 3) problem.shape.padding = {1, 1, 1, 1};
            expect_all_equal(problem, {}, random);
            if (HasFatalFailure()) return;
        }
    }
}

ConvolutionProblem three_by_three(int bits) {
    ConvolutionProblem problem{{}, {bits}, {bits, Coding::signed_codes}};
    problem.shape.height = problem.shape.width = 8;
    problem.shape.in_channels = problem.shape.out_channels = 64;
    problem.shape.kernel_height = problem.shape.kernel_width = 3;
    return problem;
}

TEST(Variants, chosen_without_extensions_need_none) {
    for (int bits = 1; bits <= 8; ++bits) {
        const ConvolutionProblem problem = three_by_three(bits);
        const KernelVariant& chosen = choose_variant(problem, InstructionSet::baseline);
        EXPECT_TRUE(InstructionSets(InstructionSet::baseline).contain(chosen.needs)) << chosen.name;
        EXPECT_EQ(chosen.name, "portable/dot_product");
    }
}

TEST(Variants, depthwise_problems_go_to_the_depthwise_kernel) {
    ConvolutionProblem problem = three_by_three(4);
    problem.shape.groups = 64;
    EXPECT_EQ(choose_variant(problem, available_instruction_sets()).name, "portable/depthwise");
}

#if defined(__x86_64__)
TEST(Variants, of_avx2_are_chosen_by_bits_and_shape) {
    const auto chosen = [](const ConvolutionProblem& problem) {
        return choose_variant(problem, InstructionSet::avx2).name;
    };
    EXPECT_EQ(chosen(three_by_three(1)), "avx2/dictionary");
    EXPECT_EQ(chosen(three_by_three(2)), "avx2/dictionary");
    EXPECT_EQ(chosen(three_by_three(3)), "avx2/winograd");
    EXPECT_EQ(chosen(three_by_three(4)), "avx2/winograd");
    EXPECT_EQ(chosen(three_by_three(8)), "avx2/winograd_words");
    ConvolutionProblem strided = three_by_three(4);
    strided.shape.stride = 2;
    EXPECT_EQ(chosen(strided), "avx2/byte_pairs");
}

// A block of 64 channels computes four times what 16 channels need. Where wide instructions take twice as long, AVX2's
// look-ups are as fast.
TEST(Variants, of_avx512_are_chosen_by_channels) {
    const InstructionSets sets = InstructionSets(InstructionSet::avx2) | InstructionSet::avx512;
    const auto chosen = [sets](int bits, int channels) {
        ConvolutionProblem problem = three_by_three(bits);
        problem.shape.out_channels = channels;
        return choose_variant(problem, sets).name;
    };
    EXPECT_EQ(chosen(2, 16), "avx2/dictionary");
    EXPECT_EQ(chosen(2, 32), "avx2/dictionary");
    const std::string wide = wide_instruction_cost() > 1 ? "avx2/dictionary" : "avx512/dictionary";
    EXPECT_EQ(chosen(2, 64), wide);
    EXPECT_EQ(chosen(1, 64), wide);
    EXPECT_EQ(chosen(4, 64), "avx2/winograd");
    const auto chosen_with_vnni = [](int channels) {
        ConvolutionProblem problem = three_by_three(2);
        problem.shape.out_channels = channels;
        return choose_variant(problem, InstructionSets(InstructionSet::avx2) | InstructionSet::avx512 |
                                           InstructionSet::avx512_vnni)
            .name;
    };
    EXPECT_EQ(chosen_with_vnni(16), wide_instruction_cost() > 1 ? "avx2/dictionary" : "avx512_vnni/dot_product");
    EXPECT_EQ(chosen_with_vnni(64), wide);
}
#endif

}  // namespace
}  // namespace dsqbench
