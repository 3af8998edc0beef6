#include "suite/training/schedule.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

ScheduleSettings settings(const std::string& kind) {
    ScheduleSettings schedule;
    schedule.kind = kind;
    schedule.learning_rate = 0.4;
    schedule.epochs = 10;
    return schedule;
}

TEST(Schedule, cosine_starts_at_the_peak_halves_in_the_middle_and_ends_at_the_final_rate) {
    ScheduleSettings cosine = settings("cosine");
    cosine.final_learning_rate = 0.1;
    EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 0), 0.4);
    EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 5), 0.25);
    EXPECT_DOUBLE_EQ(learning_rate_at(cosine, 10), 0.1);
}

TEST(Schedule, linear_falls_evenly) {
    EXPECT_DOUBLE_EQ(learning_rate_at(settings("linear"), 2.5), 0.3);
    EXPECT_DOUBLE_EQ(learning_rate_at(settings("linear"), 10), 0);
}

TEST(Schedule, step_multiplies_at_each_milestone) {
    ScheduleSettings step = settings("step");
    step.milestones = {3, 6};
    EXPECT_DOUBLE_EQ(learning_rate_at(step, 2.99), 0.4);
    EXPECT_DOUBLE_EQ(learning_rate_at(step, 3), 0.04);
    EXPECT_NEAR(learning_rate_at(step, 9), 0.004, 1e-15);
}

TEST(Schedule, warm_up_rises_linearly_and_the_rest_falls_over_what_is_left) {
    ScheduleSettings linear = settings("linear");
    linear.warmup_epochs = 2;
    EXPECT_DOUBLE_EQ(learning_rate_at(linear, 0), 0);
    EXPECT_DOUBLE_EQ(learning_rate_at(linear, 1), 0.2);
    EXPECT_DOUBLE_EQ(learning_rate_at(linear, 2), 0.4);
    EXPECT_DOUBLE_EQ(learning_rate_at(linear, 6), 0.2);
}

TEST(Schedule, constant_stays) {
    EXPECT_DOUBLE_EQ(learning_rate_at(settings("constant"), 7.3), 0.4);
}

}  // namespace
}  // namespace dsqbench
