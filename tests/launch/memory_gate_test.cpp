#include "suite/launch/memory_gate.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;

class Gate : public testing::Test {
protected:
    std::uint64_t left_ = 24 * gib;
    MemoryGate gate_{[this] { return std::optional(left_); }};
};

TEST_F(Gate, lets_the_first_start_whatever_there_is) {
    left_ = 0;
    EXPECT_TRUE(gate_.is_open());
    EXPECT_FALSE(gate_.is_short());
}

TEST_F(Gate, waits_for_the_first_to_tell_its_size) {
    gate_.started(0);
    EXPECT_FALSE(gate_.is_open());
    EXPECT_FALSE(gate_.is_short()) << "it will be known in a moment";
    gate_.reported(0, {2 * gib, 2 * gib});
    EXPECT_TRUE(gate_.is_open());
}

TEST_F(Gate, wants_room_for_the_largest_so_far_and_a_tenth) {
    gate_.started(0);
    gate_.reported(0, {10 * gib, 10 * gib});
    left_ = 11 * gib - 1;
    EXPECT_FALSE(gate_.is_open());
    EXPECT_TRUE(gate_.is_short());
    left_ = 11 * gib;
    EXPECT_TRUE(gate_.is_open());
    EXPECT_EQ(gate_.needed(), 11 * gib);
}

TEST_F(Gate, keeps_what_running_ones_have_needed_before_and_will_again) {
    gate_.started(0);
    gate_.reported(0, {4 * gib, 10 * gib});
    left_ = 16 * gib;
    EXPECT_FALSE(gate_.is_open()) << "6 GiB of the 16 are its own";
    left_ = 17 * gib;
    EXPECT_TRUE(gate_.is_open());
}

TEST_F(Gate, keeps_room_for_one_that_has_not_told_and_may_be_larger) {
    gate_.started(0);
    gate_.reported(0, {gib, gib});
    gate_.started(1);
    left_ = 5 * gib;
    EXPECT_FALSE(gate_.is_open());
    EXPECT_FALSE(gate_.is_short());
    left_ = 6 * gib;
    EXPECT_TRUE(gate_.is_open());
}

TEST_F(Gate, remembers_the_size_of_what_has_ended) {
    gate_.started(0);
    gate_.reported(0, {10 * gib, 10 * gib});
    gate_.ended(0);
    EXPECT_TRUE(gate_.is_open());
    gate_.started(1);
    gate_.reported(1, {gib, gib});
    left_ = 19 * gib;
    EXPECT_FALSE(gate_.is_open()) << "it may yet grow to 10";
    left_ = 20 * gib;
    EXPECT_TRUE(gate_.is_open());
}

TEST(MemoryGate, is_always_open_where_nobody_asks_or_nothing_is_known) {
    MemoryGate unasked{MemoryGate::Available()};
    unasked.started(0);
    EXPECT_TRUE(unasked.is_open());
    MemoryGate unknown{[] { return std::optional<std::uint64_t>(); }};
    unknown.started(0);
    unknown.reported(0, {gib, gib});
    EXPECT_TRUE(unknown.is_open());
}

}  // namespace
}  // namespace dsqbench
