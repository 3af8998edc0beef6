#include "kernels/bench/interleave.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "suite/core/error.h"

namespace dsqbench {
namespace {

// Longer than the shortest sample, so that one run is one.
void rest() {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void work(int times) {
    for (volatile int i = 0; i < times * 100'000;) i = i + 1;
}

TEST(Interleave, takes_turns) {
    std::string order;
    NoiseGate gate;
    const std::vector<Competitor> competitors{{"a", [&] { rest(), order += 'a'; }},
                                              {"b", [&] { rest(), order += 'b'; }}};
    TimingSettings settings;
    settings.samples = 3;
    settings.most_tries = 1;
    const auto timings = time_interleaved("turns", competitors, settings, gate);
    ASSERT_EQ(timings.size(), 2u);
    // Two warm-up runs of each, then rounds of an untimed and a timed run.
    EXPECT_EQ(order, "aabbaabbaabbaabb");
    for (const Timing& timing : timings) EXPECT_EQ(timing.accepted + timing.rejected, 3);
}

TEST(Interleave, times_what_is_slower_as_slower) {
    NoiseGate gate;
    const auto timings =
        time_interleaved("slower", {{"quick", [] { work(1); }}, {"slow", [] { work(20); }}}, {5, 3, Cache::warm}, gate);
    EXPECT_GT(timings[1].nanoseconds.minimum, 4 * timings[0].nanoseconds.minimum);
    EXPECT_GT(timings[0].nanoseconds.minimum, 0);
}

TEST(Interleave, gives_up_a_disturbed_sample_after_its_tries) {
    NoiseGate gate(1e-3);  // ignored: below half of what is found
    EXPECT_GT(gate.best(), 1.0);
    // A record of just above half of the best makes every probe look disturbed.
    NoiseGate strict(gate.best() * 0.6);
    EXPECT_FALSE(strict.is_quiet(gate.best()));
    const auto timings = time_interleaved("disturbed", {{"a", rest}}, {2, 3, Cache::warm}, strict);
    EXPECT_EQ(timings[0].accepted, 0);
    EXPECT_EQ(timings[0].rejected, 6);
    EXPECT_GT(timings[0].nanoseconds.median, 0);
}

TEST(NoiseGate, forgets_a_best_that_no_later_probe_reaches) {
    NoiseGate gate;
    NoiseGate strict(gate.best() * 0.6);
    EXPECT_LT(strict.best(), gate.best());
    for (std::size_t i = 0; i < remembered_probes; ++i) strict.probe();
    EXPECT_GT(strict.best(), gate.best() * 0.6);
}

// A pool of one thread everywhere, of two where there are two processors.
TEST(NoiseGate, probes_every_thread_of_a_pool) {
    ThreadPool pool(2);
    NoiseGate gate(std::nullopt, &pool), alone;
    EXPECT_GT(gate.best(), alone.best() / 2);
    EXPECT_GE(gate.probe(), gate.best());
}

TEST(Interleave, lets_threads_of_the_competitor_before_fall_asleep) {
    ThreadPool pool(2);
    NoiseGate gate(std::nullopt, &pool);
    TimingSettings settings{2, 1, Cache::warm, 2};
    const auto start = std::chrono::steady_clock::now();
    const auto timings = time_interleaved("threads", {{"a", rest}, {"b", rest}}, settings, gate);
    // Two competitors, two samples, 50 ms before each: 30 of rest, 20 of untimed runs.
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
    EXPECT_EQ(timings[0].accepted + timings[0].rejected, 2);
}

TEST(Interleave, passes_on_what_a_competitor_throws_and_can_go_on) {
    NoiseGate gate;
    int runs = 0;
    const Competitor broken{"broken", [&] {
                                rest();
                                if (++runs > 5) throw std::runtime_error("broken");
                            }};
    EXPECT_THROW(time_interleaved("broken", {broken}, {5, 1, Cache::warm}, gate), std::runtime_error);
    EXPECT_EQ(time_interleaved("whole", {{"a", [] { work(1); }}}, {1, 1, Cache::cold}, gate).size(), 1u);
}

}  // namespace
}  // namespace dsqbench
