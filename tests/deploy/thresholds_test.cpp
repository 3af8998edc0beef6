#include "suite/deploy/thresholds.h"

#include <gtest/gtest.h>

#include "kernels/reference/epilogue.h"
#include "suite/core/random.h"
#include "suite/deploy/graph.h"

namespace dsqbench::deploy {
namespace {

constexpr Range sums{-700, 900};

void expect_exact(const ChannelFunction& function, const RealGrid& grid) {
    Thresholds thresholds{grid.bits, {}, {}};
    add_thresholds(function, grid, sums, thresholds);
    ASSERT_EQ(thresholds.levels.size(), (std::size_t{1} << grid.bits) - 1);
    for (int sum = sums.minimum; sum <= sums.maximum; ++sum)
        ASSERT_EQ(reference_code(thresholds, 0, sum), code_on(grid, function.value(sum)))
            << "sum " << sum << ", scale " << function.scale << ", shift " << function.shift << ", " << grid.bits
            << " bits";
}

TEST(FoldedFunction, gives_the_code_of_evaluation_for_every_sum) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Random random(seed);
        ChannelFunction function;
        function.unit = 0.003 * (0.1 + random.uniform());
        function.constant = 0.2 * random.normal();
        function.scale = static_cast<float>(random.normal());
        function.shift = static_cast<float>(random.normal());
        function.rectifier = random.below(2) == 0 ? Rectifier::none : Rectifier::relu;
        const RealGrid grid{1 + static_cast<int>(random.below(4)), static_cast<float>(0.3 * random.normal()),
                            static_cast<float>(0.05 + random.uniform())};
        expect_exact(function, grid);
        if (HasFatalFailure()) return;
    }
}

TEST(FoldedFunction, falls_where_the_batch_norm_scale_is_negative) {
    const ChannelFunction function{1.0, 0.0, -0.01F, 1.0F, Rectifier::relu};
    Thresholds thresholds{2, {}, {}};
    add_thresholds(function, {2, 0.0F, 1.0F}, sums, thresholds);
    EXPECT_EQ(thresholds.directions, std::vector{Direction::falling});
    EXPECT_EQ(reference_code(thresholds, 0, 900), 0);
    EXPECT_EQ(reference_code(thresholds, 0, 0), 1);
    EXPECT_EQ(reference_code(thresholds, 0, -700), 3);
}

TEST(FoldedFunction, of_a_scale_of_zero_is_constant) {
    expect_exact({1.0, 0.0, 0.0F, 0.4F, Rectifier::none}, {2, 0.0F, 0.25F});
    expect_exact({1.0, 0.0, -0.0F, -0.4F, Rectifier::none}, {2, 0.0F, 0.25F});
}

TEST(FoldedFunction, of_huge_numbers_saturates) {
    expect_exact({1e20, 0.0, 1e20F, 0.0F, Rectifier::relu}, {2, 0.0F, 1.0F});
    expect_exact({1e-30, 0.0, -1e-10F, 0.0F, Rectifier::none}, {3, -1.0F, 0.3F});
}

}  // namespace
}  // namespace dsqbench::deploy
