#include "suite/training/trick.h"

#include <gmock/gmock.h>

#include <cmath>

namespace dsqbench {
namespace {

using nlohmann::json;

// A network of two parameters, for hooks that only look at parameters.
struct TwoNumbers : Network {
    TwoNumbers() { x = register_parameter("x", at::tensor(std::vector<float>{3, 4})); }
    at::Tensor forward(const at::Tensor& images) override { return images; }
    at::Tensor x;
};

std::unique_ptr<Trick> make(const std::string& name, const json& options) {
    return std::move(make_tricks({{name, options}}, {}).front().trick);
}

std::string message_of(const json& tables) {
    try {
        check_trick_tables(tables);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::recipe);
        return error.what();
    }
    return "";
}

TEST(Tricks, are_the_registered_ones) {
    EXPECT_THAT(Registry<TrickEntry>::instance().names(),
                testing::ElementsAre("bn_reestimation", "distillation", "ema", "gradient_clipping", "label_smoothing",
                                     "pretrain", "progressive", "weights"));
}

TEST(Tricks, unknown_names_and_options_are_recipe_errors_with_suggestions) {
    EXPECT_THAT(message_of({{"label_smothing", json::object()}}),
                testing::HasSubstr("did you mean 'label_smoothing'?"));
    EXPECT_THAT(message_of({{"ema", {{"decay", 0.9}, {"dekay", 1}}}}), testing::HasSubstr("did you mean 'decay'?"));
}

TEST(Tricks, every_option_must_be_given) {
    EXPECT_THAT(message_of({{"distillation", {{"weight", 0.5}}}}),
                testing::HasSubstr("'tricks.distillation.temperature'"));
}

TEST(Tricks, options_out_of_range_are_recipe_errors) {
    EXPECT_THROW(make("label_smoothing", {{"amount", 1.5}}), Error);
    EXPECT_THROW(make("label_smoothing", {{"amount", "much"}}), Error);
    EXPECT_THROW(make("progressive", {{"bits", {9}}, {"epochs_per_stage", 1}}), Error);
    EXPECT_THROW(make("bn_reestimation", {{"batches", 0}}), Error);
}

TEST(Tricks, distillation_needs_a_teacher) {
    EXPECT_THROW(make("distillation", {{"weight", 0.5}, {"temperature", 2.0}}), Error);
}

TEST(LabelSmoothing, equals_cross_entropy_with_smoothed_targets) {
    const at::Tensor logits = at::tensor(std::vector<float>{1, 2, 0, 0, 1, 3}).reshape({2, 3});
    const at::Tensor labels = at::tensor(std::vector<std::int64_t>{1, 0});
    const at::Tensor plain = at::cross_entropy_loss(logits, labels);
    const auto smoothing = make("label_smoothing", {{"amount", 0.2}});
    const double ours = smoothing->loss(plain, {logits, logits, labels}).item<double>();
    const double theirs = at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, 0.2).item<double>();
    EXPECT_NEAR(ours, theirs, 1e-6);
}

TEST(Progressive, lowers_the_bits_stage_by_stage) {
    const auto progressive = make("progressive", {{"bits", {8, 4}}, {"epochs_per_stage", 2}});
    EXPECT_EQ(progressive->bits_in_epoch(0), 8);
    EXPECT_EQ(progressive->bits_in_epoch(1), 8);
    EXPECT_EQ(progressive->bits_in_epoch(3), 4);
    EXPECT_EQ(progressive->bits_in_epoch(4), std::nullopt);
}

TEST(GradientClipping, bounds_the_global_norm_and_keeps_the_direction) {
    TwoNumbers network;
    network.x.mutable_grad() = at::tensor(std::vector<float>{30, 40});
    make("gradient_clipping", {{"norm", 5.0}})->before_step(network);
    EXPECT_TRUE(network.x.grad().allclose(at::tensor(std::vector<float>{3, 4})));
    make("gradient_clipping", {{"norm", 50.0}})->before_step(network);
    EXPECT_TRUE(network.x.grad().allclose(at::tensor(std::vector<float>{3, 4})));
}

TEST(WeightAverage, is_what_evaluation_sees_and_training_gets_its_weights_back) {
    TwoNumbers network;
    const auto average = make("ema", {{"decay", 0.75}});
    average->attach(network);
    average->after_step(network);  // 3, 4
    network.x.detach().fill_(7);
    average->after_step(network);  // 0.75 (3, 4) + 0.25 (7, 7)
    average->before_evaluation(network);
    EXPECT_TRUE(network.x.allclose(at::tensor(std::vector<float>{4, 4.75})));
    average->after_evaluation(network);
    EXPECT_TRUE(network.x.equal(at::full({2}, 7.0F)));
}

}  // namespace
}  // namespace dsqbench
