// Layers under autocast: what they compute in which type.
#include "quantizers/autocast.h"

#include <gtest/gtest.h>

#include "suite/models/network.h"

namespace dsqbench {
namespace {

QuantizationSettings two_bits(const std::string& weight, const std::string& activation) {
    QuantizationSettings settings;
    settings.weight = weight;
    settings.activation = activation;
    settings.weight_bits = settings.activation_bits = 2;
    return settings;
}

class QuantizedLayersUnderAutocast : public testing::Test {
protected:
    QuantizedLayersUnderAutocast() { at::manual_seed(0); }

    at::Tensor images_ = at::rand({2, 8, 6, 6});
};

TEST_F(QuantizedLayersUnderAutocast, quantize_in_float32_and_convolve_in_bfloat16) {
    for (const auto& name : Registry<QuantizerEntry>::instance().names()) {
        if (name == "fp32") continue;
        const QuantizerPair pair = complete_pair(name);
        QuantizedConv2d layer({8, 16, 3, 1, 1}, two_bits(pair.weight, pair.activation), LayerPosition::inner);
        at::Tensor(layer.weight()).detach().normal_();
        layer.weight_quantizer()->calibrate(layer.weight().detach());
        layer.activation_quantizer()->calibrate(images_);
        layer.eval();
        // As activations come from a layer before.
        const at::Tensor before = images_.to(at::kBFloat16);
        const AutocastRegion region(at::kCPU, at::kBFloat16);
        const at::Tensor y = layer.forward(before);
        EXPECT_EQ(y.scalar_type(), at::kBFloat16) << name;
        const Grid of_inputs = layer.activation_quantizer()->grid(), of_weights = layer.weight_quantizer()->grid();
        const AutocastRegion none(at::kCPU, std::nullopt);
        const at::Tensor x = of_inputs.fake_quantize(before.to(at::kFloat)).to(at::kBFloat16);
        const at::Tensor w = of_weights.fake_quantize(layer.weight().detach()).to(at::kBFloat16);
        EXPECT_TRUE(y.equal(at::conv2d(x, w, {}, 1, 1))) << name;
    }
}

TEST_F(QuantizedLayersUnderAutocast, give_float32_gradients_close_to_those_of_float32) {
    for (const std::string model : {"resnet8", "vgg_small", "mobilenet_v2", "resnet18"}) {
        ModelSettings settings;
        settings.width = 8;
        settings.image_size = 32;
        const auto network = make_network(model, settings, 0);
        // In training, batch normalisation over eight pixels would make much of roundings.
        network->eval();
        const at::Tensor images = at::rand({8, 3, 32, 32}), labels = at::arange(8);
        const auto gradients = [&](bool in_bfloat16) {
            for (auto& parameter : network->parameters()) parameter.mutable_grad() = at::Tensor();
            at::Tensor logits;
            {
                const AutocastRegion region(at::kCPU, in_bfloat16 ? std::optional(at::kBFloat16) : std::nullopt);
                logits = network->forward(images).to(at::kFloat);
            }
            at::cross_entropy_loss(logits, labels).backward();
            std::vector<at::Tensor> all;
            for (const auto& parameter : network->parameters()) {
                EXPECT_EQ(parameter.grad().scalar_type(), at::kFloat);
                all.push_back(parameter.grad().flatten());
            }
            return at::cat(all);
        };
        const at::Tensor wide = gradients(false), narrow = gradients(true);
        EXPECT_FALSE(wide.equal(narrow)) << model;
        const double cosine = ((wide * narrow).sum() / (wide.norm() * narrow.norm())).item<double>();
        EXPECT_GT(cosine, 0.98) << model;
    }
}

}  // namespace
}  // namespace dsqbench
