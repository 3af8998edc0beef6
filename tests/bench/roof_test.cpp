#include "kernels/bench/roof.h"

#include <gtest/gtest.h>

#include "kernels/api/variant.h"
#include "kernels/bench/core_clock.h"
#include "kernels/bench/roof_loops.h"

namespace dsqbench {
namespace {

TEST(CoreClock, is_one_that_a_processor_can_have) {
    const double gigahertz = core_gigahertz();
    EXPECT_GT(gigahertz, 0.05);  // emulators are slow
    EXPECT_LT(gigahertz, 10);
}

TEST(Roofs, are_of_kernels_that_exist) {
    for (const RoofLoop& loop : roof_loops()) EXPECT_EQ(find_variant(loop.variant).name, loop.variant);
}

TEST(Roofs, of_a_kernel_without_a_loop_are_unset) {
    const Roofs roofs = roofs_of("reference/scalar", {2}, 3.0);
    EXPECT_FALSE(roofs.table);
    EXPECT_FALSE(roofs.loop);
}

TEST(Roofs, of_a_look_up_halve_with_every_weight_bit) {
    for (const RoofLoop& loop : roof_loops()) {
        const double one = *roofs_of(loop.variant, {1}, 3.0).loop, two = *roofs_of(loop.variant, {2}, 3.0).loop;
        EXPECT_DOUBLE_EQ(one, two * (loop.per_weight_bit ? 2 : 1)) << loop.variant;
    }
}

}  // namespace
}  // namespace dsqbench
