#include "suite/deploy/latency.h"

#include <gtest/gtest.h>

#include "suite/core/error.h"
#include "suite/deploy/lower.h"
#include "suite/deploy/random_graph.h"

namespace dsqbench::deploy {
namespace {

Network tiny(int bits, GridKind grids = GridKind::symmetric) {
    RandomGraphOptions options;
    options.shapes = "tiny";
    options.grids = grids;
    options.weight_bits = options.activation_bits = bits;
    return lower(random_graph(options));
}

int made = 0, run = 0;

// A library that counts what it is asked for.
PreparedNetwork prepare_counting(const NetworkShape& shape, const NetworkSetting& setting) {
    ++made;
    EXPECT_EQ(shape.nodes.back().name, "fc");
    EXPECT_EQ(setting.batch, 2);
    PreparedNetwork prepared{[] { ++run; }};
    prepared.steps = {"all"};
    prepared.run_step = [](std::size_t) {};
    prepared.weight_bytes = 77;
    return prepared;
}

PreparedNetwork prepare_nothing(const NetworkShape&, const NetworkSetting&) {
    PreparedNetwork prepared{};
    prepared.refusal = "has no such operator";
    return prepared;
}

const RivalNetworkRegistration counting{"test/counting", {Arithmetic::f32, "counts", "1.0", prepare_counting}};
const RivalNetworkRegistration refusing{"test/refusing", {Arithmetic::int8, "refuses", "1.0", prepare_nothing}};

TEST(Latency, times_every_network_and_rival_and_their_steps) {
    const Network one = tiny(1), two = tiny(2, GridKind::affine);
    LatencyRequest request;
    request.title = "tiny";
    request.networks = {&one, &two};
    request.rivals = {"test/counting", "test/refusing"};
    request.execution.batch = 2;
    request.samples = 3;
    NoiseGate gate(std::nullopt);
    const LatencyResult result = measure_latency(request, gate);
    ASSERT_EQ(result.ours.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const NetworkLatency& ours = result.ours[i];
        EXPECT_TRUE(ours.check_passed);
        ASSERT_TRUE(ours.total.has_value());
        EXPECT_GT(ours.total->nanoseconds.median, 0);
        EXPECT_EQ(ours.steps.size(), request.networks[i]->steps.size());
        EXPECT_GT(ours.weight_bytes, 0U);
        EXPECT_GT(ours.memory->activations, 0U);
    }
    ASSERT_EQ(result.rivals.size(), 2U);
    EXPECT_EQ(made, 1);
    EXPECT_GT(run, 3);
    EXPECT_EQ(result.rivals[0].weight_bytes, 77U);
    EXPECT_FALSE(result.rivals[0].memory.has_value());
    EXPECT_EQ(result.rivals[1].refusal, "has no such operator");
    EXPECT_FALSE(result.rivals[1].total.has_value());
}

TEST(Latency, of_measured_kernels_is_of_a_network_that_passes_the_check_too) {
    const Network network = tiny(2);
    LatencyRequest request;
    request.networks = {&network};
    request.samples = 1;
    request.choice = KernelChoice::measured;
    NoiseGate gate(std::nullopt);
    EXPECT_TRUE(measure_latency(request, gate).ours.at(0).check_passed);
}

TEST(Latency, of_an_unknown_rival_is_an_error) {
    const Network network = tiny(2);
    LatencyRequest request;
    request.networks = {&network};
    request.rivals = {"test/countin"};
    NoiseGate gate(std::nullopt);
    EXPECT_THROW(measure_latency(request, gate), Error);
}

}  // namespace
}  // namespace dsqbench::deploy
