#include "suite/models/network.h"

#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <cmath>

namespace dsqbench {
namespace {

ModelSettings two_bit_dsq() {
    ModelSettings settings;
    settings.width = 4;
    settings.image_size = 16;
    settings.quantization.weight = settings.quantization.activation = "dsq";
    settings.quantization.weight_bits = settings.quantization.activation_bits = 2;
    return settings;
}

std::string quantizer_of(const std::shared_ptr<Quantizer>& quantizer) {
    if (!quantizer) return "none";
    return quantizer->describe().at("quantizer").get<std::string>() + "/" + std::to_string(quantizer->settings().bits);
}

// "conv1: weights/activations" for every layer.
std::vector<std::string> sites(Network& network) {
    std::vector<std::string> lines;
    for (const auto& named : network.layers())
        lines.push_back(named.name + ": " + quantizer_of(named.layer->weight_quantizer()) + " " +
                        quantizer_of(named.layer->activation_quantizer()));
    return lines;
}

TEST(Models, are_the_registered_ones) {
    EXPECT_THAT(Registry<ModelEntry>::instance().names(),
                testing::ElementsAre("mobilenet_v2", "resnet18", "resnet20", "resnet32", "resnet34", "resnet50",
                                     "resnet56", "resnet8", "vgg_small"));
}

TEST(Models, resnets_have_6n_plus_2_layers_and_two_shortcut_convolutions) {
    const std::map<std::string, std::size_t> depths{
        {"resnet8", 8}, {"resnet20", 20}, {"resnet32", 32}, {"resnet56", 56}};
    for (const auto& [name, depth] : depths)
        EXPECT_EQ(make_network(name, two_bit_dsq(), 0)->layers().size(), depth + 2) << name;
}

TEST(Models, resnet20_has_as_many_parameters_as_published) {
    // He et al. 2016, table 6: 0.27 M; the two 1x1 shortcuts and their batch norms add 2,752.
    ModelSettings settings;
    std::int64_t count = 0;
    for (const auto& parameter : make_network("resnet20", settings, 0)->parameters()) count += parameter.numel();
    EXPECT_EQ(count, 269722 + 2752);
}

TEST(Models, carry_torchvision_names) {
    std::vector<std::string> names;
    for (const auto& item : make_network("resnet8", ModelSettings{}, 0)->named_parameters())
        names.push_back(item.key());
    EXPECT_THAT(names,
                testing::IsSupersetOf({"conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "layer2.0.bn2.bias",
                                       "layer2.0.downsample.0.weight", "layer2.0.downsample.1.bias", "fc.bias"}));
}

TEST(Models, take_28_by_28_grey_images_and_give_a_logit_a_class) {
    for (const auto& name : Registry<ModelEntry>::instance().names()) {
        ModelSettings settings;
        settings.in_channels = 1;
        settings.image_size = 28;
        settings.width = 4;
        settings.classes = 7;
        const auto network = make_network(name, settings, 0);
        const at::NoGradGuard no_grad;
        EXPECT_EQ(network->forward(at::zeros({2, 1, 28, 28})).sizes(), (std::vector<std::int64_t>{2, 7})) << name;
    }
}

TEST(QuantizationSites, fp32_contender_has_none_whatever_the_edge_policy) {
    ModelSettings settings;
    settings.quantization.first_layer = settings.quantization.last_layer = EdgePolicy::eight_bit;
    for (const auto& line : sites(*make_network("resnet8", settings, 0)))
        EXPECT_THAT(line, testing::EndsWith("none none"));
}

TEST(QuantizationSites, edges_are_eight_bit_min_max_by_default) {
    const auto lines = sites(*make_network("resnet8", two_bit_dsq(), 0));
    EXPECT_EQ(lines.front(), "conv1: ste/8 ste/8");
    EXPECT_EQ(lines[1], "layer1.0.conv1: dsq/2 dsq/2");
    EXPECT_EQ(lines.back(), "fc: ste/8 ste/8");
}

TEST(QuantizationSites, policy_fp32_leaves_edges_and_shortcuts_alone) {
    ModelSettings settings = two_bit_dsq();
    settings.quantization.first_layer = settings.quantization.last_layer = EdgePolicy::fp32;
    settings.quantization.shortcuts = ShortcutPolicy::fp32;
    const auto lines = sites(*make_network("resnet8", settings, 0));
    EXPECT_EQ(lines.front(), "conv1: none none");
    EXPECT_EQ(lines.back(), "fc: none none");
    EXPECT_THAT(lines, testing::Contains("layer2.0.downsample.0: none none"));
    EXPECT_THAT(lines, testing::Contains("layer2.0.conv1: dsq/2 dsq/2"));
}

TEST(QuantizationSites, policy_same_quantizes_edges_but_keeps_the_image_at_eight_bits) {
    ModelSettings settings = two_bit_dsq();
    settings.quantization.first_layer = settings.quantization.last_layer = EdgePolicy::same;
    const auto lines = sites(*make_network("resnet8", settings, 0));
    EXPECT_EQ(lines.front(), "conv1: dsq/2 ste/8");
    EXPECT_EQ(lines.back(), "fc: dsq/2 dsq/2");
}

TEST(QuantizationSites, activations_stay_in_fp32_at_32_bits) {
    ModelSettings settings = two_bit_dsq();
    settings.quantization.activation_bits = 32;
    for (const auto& line : sites(*make_network("resnet8", settings, 0))) EXPECT_THAT(line, testing::EndsWith(" none"));
}

TEST(QuantizationSites, weight_ranges_can_be_per_channel) {
    ModelSettings settings = two_bit_dsq();
    settings.quantization.weight_ranges = WeightRanges::per_channel;
    const auto network = make_network("resnet8", settings, 0);
    const auto layers = network->layers();
    EXPECT_EQ(layers[1].layer->weight_quantizer()->settings().channels, 4);
    EXPECT_EQ(layers[1].layer->activation_quantizer()->settings().channels, 0);
}

TEST(QuantizationSites, options_reach_their_own_quantizer_only) {
    ModelSettings settings = two_bit_dsq();
    settings.quantization.options = {{"dsq.eq13", "soft"}, {"pact.init", "max"}};
    const auto network = make_network("resnet8", settings, 0);
    const auto layers = network->layers();
    EXPECT_EQ(layers[1].layer->weight_quantizer()->settings().options, (nlohmann::json{{"eq13", "soft"}}));
}

TEST(InitialWeights, are_the_same_for_every_contender_and_differ_by_seed) {
    ModelSettings fp32 = two_bit_dsq();
    fp32.quantization = {};
    const auto quantized_network = make_network("resnet8", two_bit_dsq(), 3);
    const auto full_network = make_network("resnet8", fp32, 3), other_network = make_network("resnet8", fp32, 4);
    const auto quantized = quantized_network->layers(), full = full_network->layers(), other = other_network->layers();
    for (std::size_t i = 0; i < full.size(); ++i) {
        EXPECT_TRUE(quantized[i].layer->weight().equal(full[i].layer->weight())) << full[i].name;
        EXPECT_FALSE(full[i].layer->weight().equal(other[i].layer->weight())) << full[i].name;
    }
}

TEST(InitialWeights, have_the_stated_variance) {
    ModelSettings settings;
    settings.width = 32;
    const auto network = make_network("resnet8", settings, 0);
    const auto layers = network->layers();
    const auto check = [](const at::Tensor& weight, double variance) {
        EXPECT_NEAR(weight.var().item<double>() / variance, 1.0, 0.1);
        EXPECT_NEAR(weight.mean().item<double>(), 0.0, 4 * std::sqrt(variance / static_cast<double>(weight.numel())));
    };
    check(layers[1].layer->weight(), 2.0 / (32 * 9));
    check(layers.back().layer->weight(), 1.0 / (3 * 128));
}

// float32 passes through the blocked layout where the processor allows it, float64 never does.
TEST(Models, blocked_layers_have_the_values_gradients_and_statistics_of_tensor_operations) {
    ModelSettings settings;
    settings.width = 8;
    settings.in_channels = 3;
    const auto fast = make_network("resnet8", settings, 3), exact = make_network("resnet8", settings, 3);
    exact->to(at::kDouble);
    for (const bool trains : {true, false}) {
        fast->train(trains);
        exact->train(trains);
        for (const auto& network : {fast, exact}) network->zero_grad();
        const at::Tensor images = at::sin(at::arange(4 * 3 * 13 * 13, at::kDouble) * 1.7).view({4, 3, 13, 13});
        const at::Tensor upstream = at::cos(at::arange(40, at::kDouble)).view({4, 10});
        const at::Tensor found = fast->forward(images.to(at::kFloat)), reference = exact->forward(images);
        EXPECT_LT((found.to(at::kDouble) - reference).abs().max().item<double>(), 1e-4);
        (found * upstream.to(at::kFloat)).sum().backward();
        (reference * upstream).sum().backward();
        const auto parameters = exact->named_parameters();
        for (const auto& item : fast->named_parameters()) {
            const at::Tensor expected = parameters[item.key()].grad();
            const double tolerance = 1e-4 * (1 + expected.abs().max().item<double>());
            EXPECT_LT((item.value().grad().to(at::kDouble) - expected).abs().max().item<double>(), tolerance)
                << item.key();
        }
        const auto buffers = exact->named_buffers();
        for (const auto& item : fast->named_buffers())
            EXPECT_LT((item.value().to(at::kDouble) - buffers[item.key()]).abs().max().item<double>(), 1e-5)
                << item.key();
    }
}

TEST(Models, a_quantized_network_learns_all_its_parameters_in_the_blocked_layout) {
    ModelSettings settings;
    settings.width = 8;
    settings.quantization.weight = settings.quantization.activation = "dsq";
    settings.quantization.weight_bits = settings.quantization.activation_bits = 2;
    const auto network = make_network("resnet8", settings, 3);
    const at::Tensor images = at::sin(at::arange(4 * 3 * 12 * 12, at::kFloat) * 1.7F).view({4, 3, 12, 12});
    struct Calibration : QuantizedLayer::Probe {
        at::Tensor at_site(QuantizedLayer&, Quantizer& quantizer, const at::Tensor& x) override {
            quantizer.calibrate(x.detach());
            return x;
        }
    } calibration;
    for (const auto& named : network->layers()) named.layer->set_probe(&calibration);
    {
        const at::NoGradGuard no_gradient;
        network->forward(images);
    }
    for (const auto& named : network->layers()) named.layer->set_probe(nullptr);
    network->forward(images).square().sum().backward();
    for (const auto& item : network->named_parameters()) {
        ASSERT_TRUE(item.value().grad().defined()) << item.key();
        EXPECT_TRUE(at::isfinite(item.value().grad()).all().item<bool>()) << item.key();
    }
}

}  // namespace
}  // namespace dsqbench
