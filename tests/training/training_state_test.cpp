#include "suite/training/training_state.h"

#include <gtest/gtest.h>

namespace dsqbench {
namespace {

// Two batches of 4 images, with 3 and 1 right.
TrainingState in_an_epoch() {
    TrainingState state;
    for (const std::int64_t right : {3, 1}) {
        EvaluationSum sum;
        sum.loss_sum = 4.0 / 3;
        sum.top1_count = right;
        sum.top5_count = 4;
        sum.images = 4;
        state.add_step(sum);
        ++state.batch;
        state.epoch_seconds += 0.1;
    }
    state.ranks = {1, 2};
    return state;
}

TEST(TrainingState, of_steps_is_their_sum_and_the_first_ones_loss) {
    const TrainingState state = in_an_epoch();
    EXPECT_DOUBLE_EQ(state.epoch_sum.mean().top1, 50);
    EXPECT_DOUBLE_EQ(state.first_loss.value(), 1.0 / 3);
    EXPECT_EQ(state.images_trained, 8);
    EXPECT_DOUBLE_EQ(state.images_per_second(), 8 / 0.2);
    EXPECT_EQ(TrainingState().images_per_second(), 0);
}

TEST(TrainingState, after_an_epoch_counts_the_next_one_from_its_start) {
    TrainingState state = in_an_epoch();
    state.end_epoch();
    EXPECT_EQ(state.epoch, 1);
    EXPECT_EQ(state.batch, 0);
    EXPECT_EQ(state.epoch_sum.images, 0);
    EXPECT_EQ(state.images_trained, 8);
    EXPECT_DOUBLE_EQ(state.images_per_second(), 8 / 0.2) << "of the whole run";
}

TEST(TrainingState, survives_a_checkpoint_to_the_bit) {
    TrainingState ended = in_an_epoch();
    ended.epoch_top1 = 62.5;
    ended.end_epoch();
    for (const TrainingState& state : {TrainingState(), in_an_epoch(), ended}) {
        const auto text = to_json(state).dump();
        EXPECT_EQ(to_json(training_state(nlohmann::json::parse(text))).dump(), text);
    }
    const auto back = training_state(nlohmann::json::parse(to_json(in_an_epoch()).dump()));
    EXPECT_EQ(back.first_loss, in_an_epoch().first_loss);
    EXPECT_EQ(back.epoch_sum.loss_sum, in_an_epoch().epoch_sum.loss_sum);
    EXPECT_EQ(back.ranks, (std::vector<int>{1, 2}));
}

TEST(TrainingState, without_one_of_its_numbers_or_with_a_text_in_its_place_is_none) {
    const auto whole = to_json(in_an_epoch());
    for (const auto& item : whole.items()) {
        auto json = whole;
        json.erase(item.key());
        EXPECT_THROW(training_state(json), nlohmann::json::exception) << item.key();
        json[item.key()] = "x";
        EXPECT_THROW(training_state(json), nlohmann::json::exception) << item.key();
    }
}

}  // namespace
}  // namespace dsqbench
