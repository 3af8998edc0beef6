#include "suite/training/layer_statistics.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "suite/training/calibration.h"
#include "suite/training/network_state.h"

namespace dsqbench {
namespace {

std::shared_ptr<Network> calibrated(const std::string& quantizer, int bits = 2) {
    ModelSettings settings;
    settings.width = 4;
    settings.image_size = 16;
    settings.quantization.weight = settings.quantization.activation = quantizer;
    settings.quantization.weight_bits = settings.quantization.activation_bits = bits;
    const auto network = make_network("resnet8", settings, 0);
    at::manual_seed(0);
    calibrate(*network, at::randn({32, 3, 16, 16}));
    return network;
}

Batch images() {
    return {at::sin(at::arange(16 * 3 * 16 * 16)).reshape({16, 3, 16, 16}), at::arange(16).remainder(10)};
}

TEST(Calibration, leaves_running_statistics_as_they_were) {
    ModelSettings settings;
    settings.width = 4;
    settings.image_size = 16;
    const auto network = make_network("resnet8", settings, 0);
    std::map<std::string, at::Tensor> before;
    for (const auto& [name, tensor] : network_tensors(*network)) before.emplace(name, tensor.clone());
    calibrate(*network, images().images);
    for (const auto& [name, tensor] : network_tensors(*network)) EXPECT_TRUE(tensor.equal(before.at(name))) << name;
}

TEST(LayerStatistics, changes_neither_network_nor_gradients) {
    const auto network = calibrated("dsq");
    network->train();
    std::map<std::string, at::Tensor> before;
    for (const auto& [name, tensor] : network_tensors(*network)) before.emplace(name, tensor.clone());
    LayerStatistics().measure(*network, images());
    EXPECT_TRUE(network->is_training());
    for (const auto& [name, tensor] : network_tensors(*network)) EXPECT_TRUE(tensor.equal(before.at(name))) << name;
    for (const auto& parameter : network->parameters())
        EXPECT_TRUE(!parameter.grad().defined() || parameter.grad().eq(0).all().item<bool>());
}

TEST(LayerStatistics, names_every_quantized_layer_once) {
    const auto network = calibrated("dsq");
    const auto all = LayerStatistics().measure(*network, images());
    ASSERT_EQ(all.size(), network->layers().size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]["layer"], network->layers()[i].name);
    EXPECT_TRUE(all[1]["weight"].contains("alpha"));
    EXPECT_TRUE(all[1]["activation"].contains("u"));
}

TEST(LayerStatistics, clipping_and_rounding_error_add_up_to_the_quantization_error) {
    const auto network = calibrated("dsq");
    const auto weight = LayerStatistics().measure(*network, images())[1]["weight"];
    const auto& layer = *network->layers()[1].layer;
    const at::NoGradGuard no_grad;
    const double total =
        (layer.weight() - layer.weight_quantizer()->forward(layer.weight())).square().mean().item<double>();
    EXPECT_NEAR(weight["clipping_error"].get<double>() + weight["rounding_error"].get<double>(), total, 1e-6 * total);
    EXPECT_GT(weight["rounding_error"].get<double>(), 0);
}

TEST(LayerStatistics, straight_through_has_cosine_one_and_the_soft_function_less) {
    const auto straight = LayerStatistics().measure(*calibrated("ste-lu"), images());
    EXPECT_NEAR(straight[1]["activation"]["gradient_cosine"].get<double>(), 1.0, 1e-5);
    const auto soft = LayerStatistics().measure(*calibrated("dsq"), images());
    EXPECT_LT(soft[1]["activation"]["gradient_cosine"].get<double>(), 0.999);
    EXPECT_GT(soft[1]["activation"]["gradient_cosine"].get<double>(), 0.5);
}

TEST(LayerStatistics, outliers_make_all_of_a_range_gradient_when_all_are_outside) {
    const auto network = calibrated("dsq");
    const auto share = [&] {
        return LayerStatistics().measure(*network, images())[1]["weight"]["outlier_gradient_share"].get<double>();
    };
    EXPECT_LT(share(), 1);
    network->layers()[1].layer->weight().detach().add_(100);
    EXPECT_EQ(share(), 1);
    EXPECT_TRUE(
        LayerStatistics().measure(*calibrated("ste"), images())[1]["weight"]["outlier_gradient_share"].is_null())
        << "its range is not learned";
}

TEST(LayerStatistics, soft_function_of_ste_has_only_the_clipping_error) {
    const auto weight = LayerStatistics().measure(*calibrated("ste-lu"), images())[1]["weight"];
    EXPECT_NEAR(weight["surrogate_error"].get<double>(), weight["clipping_error"].get<double>(), 1e-9);
}

TEST(LayerStatistics, counts_flipped_codes_since_the_last_measurement) {
    const auto network = calibrated("dsq");
    LayerStatistics statistics;
    EXPECT_TRUE(statistics.measure(*network, images())[1]["weight"]["code_flips"].is_null());
    EXPECT_EQ(statistics.measure(*network, images())[1]["weight"]["code_flips"], 0.0);
    at::Tensor weight = network->layers()[1].layer->weight().detach();
    weight.neg_();
    EXPECT_GT(statistics.measure(*network, images())[1]["weight"]["code_flips"].get<double>(), 0.5);
}

}  // namespace
}  // namespace dsqbench
