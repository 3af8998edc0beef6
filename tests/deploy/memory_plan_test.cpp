#include "suite/deploy/memory_plan.h"

#include <gtest/gtest.h>

#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench::deploy {
namespace {

Network resnet20() {
    RandomGraphOptions options;
    options.shapes = "resnet20";
    return lower(random_graph(options));
}

struct Life {
    std::size_t first = 0, last = 0;
};

std::vector<Life> lives(const Network& network) {
    std::vector<Life> found(network.tensors.size());
    for (std::size_t i = 0; i < network.steps.size(); ++i) {
        const Step& step = network.steps[i];
        std::vector<int> written = step.codes, read;
        if (step.output) written.push_back(*step.output);
        if (step.input >= 0) read.push_back(step.input);
        if (step.shortcut) read.push_back(*step.shortcut);
        for (const int tensor : written) found[static_cast<std::size_t>(tensor)] = {i, i};
        for (const int tensor : read) found[static_cast<std::size_t>(tensor)].last = i;
    }
    return found;
}

TEST(MemoryPlan, never_puts_two_living_tensors_into_the_same_bytes) {
    const Network network = resnet20();
    const int batch = 3;
    const MemoryPlan plan = plan_memory(network, batch, Reuse::yes);
    const auto alive = lives(network);
    for (std::size_t a = 0; a < alive.size(); ++a) {
        const std::size_t end_a = plan.offsets[a] + static_cast<std::size_t>(network.tensors[a].bytes() * batch);
        EXPECT_LE(end_a, plan.bytes);
        EXPECT_EQ(plan.offsets[a] % 64, 0U);
        for (std::size_t b = 0; b < a; ++b) {
            if (alive[a].first > alive[b].last || alive[b].first > alive[a].last) continue;
            const std::size_t end_b = plan.offsets[b] + static_cast<std::size_t>(network.tensors[b].bytes() * batch);
            EXPECT_TRUE(end_a <= plan.offsets[b] || end_b <= plan.offsets[a]) << a << " and " << b;
        }
    }
}

TEST(MemoryPlan, is_less_than_half_of_all_tensors_together) {
    const Network network = resnet20();
    EXPECT_LT(2 * plan_memory(network, 1, Reuse::yes).bytes, plan_memory(network, 1, Reuse::no).bytes);
}

}  // namespace
}  // namespace dsqbench::deploy
