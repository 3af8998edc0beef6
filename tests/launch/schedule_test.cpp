#include "suite/launch/schedule.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace dsqbench {
namespace {

std::vector<PlannedTask> plan_of(const std::vector<std::vector<std::size_t>>& after) {
    std::vector<PlannedTask> plan;
    for (const auto& needed : after) plan.push_back({"task", {"true"}, needed});
    return plan;
}

TEST(Schedule, starts_tasks_in_order_when_their_dependencies_succeeded) {
    Schedule schedule(plan_of({{}, {0}, {}, {1, 2}}));
    EXPECT_TRUE(schedule.has_next());
    EXPECT_EQ(schedule.start_next(), 0u);
    EXPECT_EQ(schedule.start_next(), 2u);
    EXPECT_FALSE(schedule.has_next());
    EXPECT_EQ(schedule.start_next(), std::nullopt);
    schedule.succeeded(0);
    EXPECT_TRUE(schedule.has_next());
    EXPECT_EQ(schedule.start_next(), 1u);
    schedule.succeeded(2);
    EXPECT_EQ(schedule.start_next(), std::nullopt);
    schedule.succeeded(1);
    EXPECT_EQ(schedule.start_next(), 3u);
}

TEST(Schedule, may_name_a_dependency_before_it) {
    Schedule schedule(plan_of({{1}, {}}));
    EXPECT_EQ(schedule.start_next(), 1u);
    schedule.succeeded(1);
    EXPECT_EQ(schedule.start_next(), 0u);
}

TEST(Schedule, drops_all_that_can_never_start) {
    Schedule schedule(plan_of({{}, {0}, {1}, {}}));
    EXPECT_EQ(schedule.start_next(), 0u);
    const auto dropped = schedule.did_not_succeed(0);
    ASSERT_EQ(dropped.size(), 2u);
    EXPECT_EQ(dropped[0].task, 1u);
    EXPECT_EQ(dropped[0].needed, 0u);
    EXPECT_EQ(dropped[1].task, 2u);
    EXPECT_EQ(dropped[1].needed, 1u);
    EXPECT_EQ(schedule.start_next(), 3u);
    EXPECT_EQ(schedule.start_next(), std::nullopt);
}

TEST(Schedule, refuses_circles_and_dependencies_that_are_not_there) {
    EXPECT_THROW(Schedule(plan_of({{0}})), std::logic_error);
    EXPECT_THROW(Schedule(plan_of({{}, {2}, {1}})), std::logic_error);
    EXPECT_THROW(Schedule(plan_of({{1}})), std::logic_error);
    EXPECT_NO_THROW(Schedule(plan_of({})));
}

}  // namespace
}  // namespace dsqbench
