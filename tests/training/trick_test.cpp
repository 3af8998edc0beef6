#include "suite/training/trick.h"

#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "suite/training/calibration.h"
#include "suite/training/network_state.h"
#include "tests/refusal.h"

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
    const Error error = refusal_of([&] { check_trick_tables(tables); });
    EXPECT_EQ(error.code(), ExitCode::recipe);
    return error.what();
}

TEST(Tricks, are_the_registered_ones) {
    EXPECT_THAT(
        Registry<TrickEntry>::instance().names(),
        testing::ElementsAre("autocast", "bn_reestimation", "channels_last", "distillation", "ema", "gradient_clipping",
                             "label_smoothing", "loss_scaling", "pretrain", "progressive", "weights"));
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
    EXPECT_THAT(message_of({{"label_smoothing", {{"amount", 1.5}}}}),
                testing::HasSubstr("'tricks.label_smoothing.amount' must be a number from 0 to 0.999, not 1.5"));
    const json refused[] = {{{"label_smoothing", {{"amount", "much"}}}},
                            {{"label_smoothing", {{"amount", std::numeric_limits<double>::quiet_NaN()}}}},
                            {{"progressive", {{"bits", {8, 9}}, {"epochs_per_stage", 1}}}},
                            {{"progressive", {{"bits", json::array()}, {"epochs_per_stage", 1}}}},
                            {{"progressive", {{"bits", 4}, {"epochs_per_stage", 1}}}},
                            {{"bn_reestimation", {{"batches", 0}}}},
                            {{"bn_reestimation", {{"batches", 1.5}}}},
                            {{"loss_scaling", {{"scale", 1000.0}}}},
                            {{"loss_scaling", {{"scale", 0.5}}}},
                            {{"loss_scaling", {{"scale", 0x1p128}}}},
                            {{"loss_scaling", {{"scale", "1024"}}}},
                            {{"autocast", {{"type", "fp8"}}}},
                            {{"weights", {{"sha256", 5}}}}};
    for (const json& tables : refused) EXPECT_THAT(message_of(tables), testing::HasSubstr("must be")) << tables;
    EXPECT_NO_THROW(check_trick_tables({{"loss_scaling", {{"scale", 0x1p127}}}}));
    EXPECT_NO_THROW(check_trick_tables({{"progressive", {{"bits", {8, 4}}, {"epochs_per_stage", 1}}}}));
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

TEST(Autocast, in_float16_is_for_gpus_and_has_loss_scaling) {
    EXPECT_THROW(make("autocast", {{"type", "fp16"}}), Error);
    EXPECT_THROW(make("autocast", {{"type", "fp32"}}), Error);
    TrickContext context;
    context.device = at::kCUDA;
    const auto tricks =
        make_tricks({{"autocast", {{"type", "fp16"}}}, {"gradient_clipping", {{"norm", 5.0}}}}, context);
    EXPECT_EQ(scaled_loss(tricks, at::ones({})).item<double>(), 65536);
    EXPECT_EQ(tricks.front().trick->state().count("scale"), 1U);
    TwoNumbers network;
    network.x.mutable_grad() = 65536 * at::tensor(std::vector<float>{30, 40});
    EXPECT_EQ(before_step(tricks, network), StepChoice::made);
    EXPECT_TRUE(network.x.grad().allclose(at::tensor(std::vector<float>{3, 4}))) << "divided, then clipped";
    network.x.mutable_grad() = at::full({2}, std::numeric_limits<float>::infinity());
    EXPECT_EQ(before_step(tricks, network), StepChoice::left_out);
    EXPECT_EQ(scaled_loss(tricks, at::ones({})).item<double>(), 32768);
}

struct Doubling : TwoNumbers {
    at::Tensor forward(const at::Tensor& images) override {
        seen = images;
        return images.flatten(1).matmul(at::eye(images.numel() / images.size(0))) * 2;
    }
    at::Tensor seen;
};

TEST(Autocast, in_bfloat16_surrounds_the_network_and_gives_float32) {
    Doubling network;
    const auto tricks = make_tricks({{"autocast", {{"type", "bf16"}}}}, {});
    const at::Tensor logits = forward_through(tricks, network, at::full({1, 1, 1, 1}, 1 + 1.0 / 512));
    EXPECT_EQ(logits.scalar_type(), at::kFloat);
    EXPECT_EQ(logits.item<double>(), 2) << "rounded to bfloat16's 8 bits of mantissa";
    EXPECT_EQ(scaled_loss(tricks, at::ones({})).item<double>(), 1);
    EXPECT_TRUE(tricks.front().trick->state().empty());
}

TEST(ChannelsLast, is_the_layout_that_the_network_sees) {
    for (const std::int64_t channels : {1, 3}) {
        Doubling network;
        const at::Tensor images = at::rand({2, channels, 4, 5});
        const auto tricks = make_tricks({{"channels_last", json::object()}}, {});
        const at::Tensor logits = forward_through(tricks, network, images);
        EXPECT_EQ(network.seen.suggest_memory_format(), at::MemoryFormat::ChannelsLast);
        EXPECT_TRUE(logits.equal(images.flatten(1) * 2));
    }
}

// Sums over a grid's levels are often equal, or 0, but for their order's roundings, which then decide what a pool takes
// and what ReLU lets through. Levels beside the grid's have no such sums.
struct BesideGrid : QuantizedLayer::Probe {
    at::Tensor at_site(QuantizedLayer&, Quantizer& quantizer, const at::Tensor& x) override {
        const at::Tensor levels = quantizer.forward(x);
        return levels +
               1e-3 * levels.detach().abs().max() * (at::rand(x.sizes(), x.options()) - 0.5);  // in either layout
    }
};

// Of the images, whose gradient the blocked layout does not give, so that LibTorch's operations run.
at::Tensor images_gradient(Network& network, const at::Tensor& images, const json& tricks) {
    at::manual_seed(1);
    BesideGrid probe;
    for (const auto& named : network.layers()) named.layer->set_probe(&probe);
    const at::Tensor x = images.clone().requires_grad_();
    const at::Tensor logits = forward_through(make_tricks(tricks, {}), network, x);
    at::cross_entropy_loss(logits, at::arange(images.size(0))).backward();
    for (const auto& named : network.layers()) named.layer->set_probe(nullptr);
    return x.grad();
}

// Running statistics of a network that has seen no image leave layers with nothing but the code 0.
void shift_activations(Network& network) {
    const at::NoGradGuard no_grad;
    for (auto& item : network.named_parameters())
        if (!is_quantizer_tensor(item.key()) && item.value().dim() == 1) item.value().add_(at::rand_like(item.value()));
}

TEST(ChannelsLast, computes_what_the_contiguous_layout_does) {
    at::manual_seed(0);
    const at::Tensor images = at::rand({4, 3, 32, 32});
    for (const std::string quantizer : {"fp32", "ste", "dorefa", "pact", "dsq", "lsq", "ewgs"})
        for (const std::string model : {"resnet8", "vgg_small", "resnet18", "mobilenet_v2"}) {
            ModelSettings settings;
            settings.width = 8;
            const QuantizerPair pair = complete_pair(quantizer);
            settings.quantization.weight = pair.weight;
            settings.quantization.activation = pair.activation;
            settings.quantization.weight_bits = settings.quantization.activation_bits = 4;
            const auto network = make_network(model, settings, 0);
            shift_activations(*network);
            // In float32 a rounding here and there takes another code; in float64 none does.
            for (const auto& [type, tolerance] : {std::pair(at::kFloat, 0.1), std::pair(at::kDouble, 1e-12)}) {
                network->to(type);
                calibrate(*network, images.to(type));
                network->eval();
                const at::Tensor plain = images_gradient(*network, images.to(type), json::object());
                const at::Tensor last = images_gradient(*network, images.to(type), {{"channels_last", json::object()}});
                EXPECT_LT((plain - last).norm().item<double>(), tolerance * plain.norm().item<double>())
                    << model << " " << quantizer << " " << at::toString(type);
            }
        }
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
