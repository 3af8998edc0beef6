#include "suite/data/statistics.h"

#include <gmock/gmock.h>

#include "suite/data/memory_dataset.h"

namespace dsqbench {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(Statistics, counts_classes_and_measures_each_channel) {
    // Channel 0 holds 0, 255, 0, 255; channel 1 holds 51 throughout.
    const MemoryDataset set({{2, 1, 2}, 3, {0, 255, 51, 51, 0, 255, 51, 51}, {2, 2}, "IDX"});
    const DatasetStatistics statistics = measure(set);
    EXPECT_THAT(statistics.images_per_class, ElementsAre(0, 0, 2));
    EXPECT_THAT(statistics.mean, ElementsAre(DoubleNear(0.5, 1e-12), DoubleNear(0.2, 1e-12)));
    EXPECT_THAT(statistics.standard_deviation, ElementsAre(DoubleNear(0.5, 1e-12), DoubleNear(0, 1e-7)));
}

}  // namespace
}  // namespace dsqbench
