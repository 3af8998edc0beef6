// The layers in the blocked layout against LibTorch's in float64: values and every gradient.
#include "suite/blocked/feature.h"

#include <gtest/gtest.h>

#include "quantizers/autocast.h"
#include "quantizers/quantizer.h"
#include "suite/blocked/instruction_set.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench::blocked {
namespace {

at::Tensor to_blocked(const at::Tensor& x) {
    return x.view({x.size(0), x.size(1) / 8, 8, x.size(2), x.size(3)}).permute({0, 1, 3, 4, 2}).contiguous();
}

at::Tensor from_blocked(const at::Tensor& x) {
    return x.permute({0, 1, 4, 2, 3}).reshape({x.size(0), -1, x.size(2), x.size(3)});
}

at::Tensor leaf(const at::Tensor& values) {
    return values.to(at::kFloat).clone().requires_grad_();
}

at::Tensor wide(const at::Tensor& of) {
    return of.detach().to(at::kDouble).requires_grad_();
}

void expect_close(const at::Tensor& found, const at::Tensor& reference, const std::string& what) {
    const double tolerance = 2e-5 * (1 + reference.abs().max().item<double>());
    EXPECT_LT((found.detach().to(at::kDouble) - reference.detach()).abs().max().item<double>(), tolerance) << what;
}

class BlockedLayers : public testing::Test {
protected:
    void SetUp() override {
        if (instruction_set() == InstructionSet::none) GTEST_SKIP() << "needs AVX2 and FMA";
    }
    at::Tensor values_ = leaf(to_blocked(normal_sample({3, 16, 7, 9}, 1)));
    at::Tensor scale_ = leaf(normal_sample({16}, 2)), shift_ = leaf(normal_sample({16}, 3));
};

TEST_F(BlockedLayers, images_get_channels_of_zeros) {
    const at::Tensor images = normal_sample({2, 3, 5, 4}).to(at::kFloat);
    const Feature feature = block_images(images);
    EXPECT_EQ(feature.values.sizes(), (std::vector<std::int64_t>{2, 1, 5, 4, 8}));
    const at::Tensor back = from_blocked(feature.values);
    EXPECT_TRUE(back.narrow(1, 0, 3).equal(images));
    EXPECT_EQ(back.narrow(1, 3, 5).abs().sum().item<double>(), 0);
}

struct LayerCase {
    std::int64_t kernel, stride;
};
class BlockedConvolutions : public BlockedLayers, public testing::WithParamInterface<LayerCase> {};

TEST_P(BlockedConvolutions, agree_with_float64_layers_in_values_and_gradients) {
    const auto [kernel, stride] = GetParam();
    const at::Tensor weight = leaf(normal_sample({24, 16, kernel, kernel}, 4));
    ConvolutionLayer layer;
    layer.stride = stride;
    const Feature input{values_, scale_, shift_, Rectified::yes, nullptr};
    const Convolved out = convolution(input, weight, layer);

    const at::Tensor x = wide(values_), s = wide(scale_), t = wide(shift_), w = wide(weight);
    const at::Tensor z = at::relu(from_blocked(x) * s.view({1, 16, 1, 1}) + t.view({1, 16, 1, 1}));
    const at::Tensor y = at::conv2d(z, w, {}, stride, kernel / 2);
    const at::Tensor mean = y.mean(at::IntArrayRef{0, 2, 3}), variance = y.var(at::IntArrayRef{0, 2, 3}, false);
    expect_close(from_blocked(out.values), y, "values");
    expect_close(out.mean, mean, "mean");
    expect_close(out.variance, variance, "variance");
    EXPECT_EQ(out.extremes->highest[5], from_blocked(out.values).select(1, 5).max().item<float>());
    EXPECT_EQ(out.extremes->lowest[5], from_blocked(out.values).select(1, 5).min().item<float>());

    const at::Tensor g = normal_sample(y.sizes().vec(), 5), of_mean = normal_sample({24}, 6),
                     of_variance = normal_sample({24}, 7);
    ((y * g).sum() + (mean * of_mean).sum() + (variance * of_variance).sum()).backward();
    ((from_blocked(out.values) * g.to(at::kFloat)).sum() + (out.mean * of_mean.to(at::kFloat)).sum() +
     (out.variance * of_variance.to(at::kFloat)).sum())
        .backward();
    expect_close(values_.grad(), x.grad(), "gradient of values");
    expect_close(scale_.grad(), s.grad(), "gradient of scale");
    expect_close(shift_.grad(), t.grad(), "gradient of shift");
    expect_close(weight.grad(), w.grad(), "gradient of weight");
}

INSTANTIATE_TEST_SUITE_P(Layers, BlockedConvolutions,
                         testing::Values(LayerCase{3, 1}, LayerCase{3, 2}, LayerCase{1, 1}, LayerCase{1, 2}));

TEST_F(BlockedLayers, join_adds_two_normalised_features) {
    const at::Tensor other = leaf(to_blocked(normal_sample({3, 16, 7, 9}, 4)));
    const at::Tensor scale = leaf(normal_sample({16}, 5)), shift = leaf(normal_sample({16}, 6));
    for (const bool normalises_both : {true, false}) {
        for (const auto& tensor : {values_, scale_, shift_, other, scale, shift})
            at::Tensor(tensor).mutable_grad() = at::Tensor();
        Feature shortcut{other, {}, {}, Rectified::no, nullptr};
        if (normalises_both) shortcut.scale = scale;
        if (normalises_both) shortcut.shift = shift;
        const Feature out = join({values_, scale_, shift_, Rectified::no, nullptr}, shortcut);
        const at::Tensor x = wide(values_), s = wide(scale_), t = wide(shift_);
        const at::Tensor b = wide(other), p = wide(scale), q = wide(shift);
        at::Tensor second = from_blocked(b);
        if (normalises_both) second = second * p.view({1, 16, 1, 1}) + q.view({1, 16, 1, 1});
        const at::Tensor y = at::relu(from_blocked(x) * s.view({1, 16, 1, 1}) + t.view({1, 16, 1, 1}) + second);
        expect_close(from_blocked(out.values), y, "values");
        EXPECT_EQ(site_input(out).highest, out.values.max().item<float>());
        EXPECT_EQ(site_input(out).lowest, out.values.min().item<float>());
        const at::Tensor g = normal_sample(y.sizes().vec(), 8);
        (y * g).sum().backward();
        (from_blocked(out.values) * g.to(at::kFloat)).sum().backward();
        expect_close(values_.grad(), x.grad(), "gradient of branch");
        expect_close(scale_.grad(), s.grad(), "gradient of its scale");
        expect_close(shift_.grad(), t.grad(), "gradient of its shift");
        expect_close(other.grad(), b.grad(), "gradient of shortcut");
        if (!normalises_both) continue;
        expect_close(scale.grad(), p.grad(), "gradient of the shortcut's scale");
        expect_close(shift.grad(), q.grad(), "gradient of the shortcut's shift");
    }
}

TEST_F(BlockedLayers, materialise_is_normalisation_with_relu) {
    const Feature out = materialise({values_, scale_, shift_, Rectified::yes, nullptr});
    const at::Tensor x = wide(values_), s = wide(scale_), t = wide(shift_);
    const at::Tensor y = at::relu(from_blocked(x) * s.view({1, 16, 1, 1}) + t.view({1, 16, 1, 1}));
    expect_close(from_blocked(out.values), y, "values");
    const at::Tensor g = normal_sample(y.sizes().vec(), 8);
    (y * g).sum().backward();
    (from_blocked(out.values) * g.to(at::kFloat)).sum().backward();
    expect_close(values_.grad(), x.grad(), "gradient of values");
    expect_close(scale_.grad(), s.grad(), "gradient of scale");
    expect_close(shift_.grad(), t.grad(), "gradient of shift");
}

// The fused site against the quantizer as a layer of its own, both in float32.
TEST_F(BlockedLayers, a_quantizer_inside_the_convolution_is_the_quantizer_before_it) {
    const at::Tensor weight = leaf(normal_sample({8, 16, 3, 3}, 4));
    const at::Tensor first = at::relu(normal_sample({2000}, 9)).to(at::kFloat);
    int fused = 0;
    for (const auto& name : Registry<QuantizerEntry>::instance().names()) {
        if (!Registry<QuantizerEntry>::instance().find(name).activations || name == "fp32") continue;
        const auto inside = calibrated(name, settings_of(QuantizerRole::activation, 2), first);
        const auto before = calibrated(name, settings_of(QuantizerRole::activation, 2), first);
        const at::Tensor a = leaf(values_.detach()), b = leaf(values_.detach());
        const at::Tensor w = leaf(weight.detach()), v = leaf(weight.detach());
        Feature input{a, scale_.detach(), shift_.detach(), Rectified::yes, std::make_shared<ChannelExtremes>()};
        auto extremes = std::make_shared<ChannelExtremes>();
        for (std::int64_t c = 0; c < 16; ++c) {
            extremes->lowest.push_back(from_blocked(a).select(1, c).min().item<float>());
            extremes->highest.push_back(from_blocked(a).select(1, c).max().item<float>());
        }
        input.extremes = extremes;
        ConvolutionLayer layer;
        layer.site = inside->fuse(site_input(input));
        if (!layer.site.pass) continue;
        ++fused;
        const Convolved out = convolution(input, w, layer);
        Feature quantized;
        quantized.values =
            before->forward(materialise({b, scale_.detach(), shift_.detach(), Rectified::yes, {}}).values);
        const Convolved reference = convolution(quantized, v, {});
        EXPECT_TRUE(out.values.equal(reference.values)) << name;
        EXPECT_TRUE(inside->grid().offset.equal(before->grid().offset)) << name;
        EXPECT_TRUE(inside->grid().scale.equal(before->grid().scale)) << name;
        const at::Tensor g = normal_sample(out.values.sizes().vec(), 5).to(at::kFloat);
        (out.values * g).sum().backward();
        (reference.values * g).sum().backward();
        expect_close(a.grad(), b.grad().to(at::kDouble), name + ": gradient of values");
        expect_close(w.grad(), v.grad().to(at::kDouble), name + ": gradient of weight");
        for (const auto& parameter : inside->named_parameters())
            expect_close(parameter.value().grad(), parameter_of(*before, parameter.key()).grad().to(at::kDouble),
                         name + ": gradient of " + parameter.key());
    }
    EXPECT_EQ(fused, 10);  // dorefa, four of the DSQ family, ewgs, lsq, pact, ste, ste-lu
}

TEST_F(BlockedLayers, equal_bits_from_run_to_run) {
    const at::Tensor weight = leaf(normal_sample({24, 16, 3, 3}, 4));
    at::Tensor first;
    for (int run = 0; run < 2; ++run) {
        values_.mutable_grad() = at::Tensor();
        weight.mutable_grad() = at::Tensor();
        const Convolved out = convolution({values_, scale_, shift_, Rectified::yes, nullptr}, weight, {});
        (out.values.square().sum() + out.variance.sum()).backward();
        const at::Tensor all = at::cat({out.values.flatten(), values_.grad().flatten(), weight.grad().flatten()});
        if (run == 0)
            first = all.detach().clone();
        else
            EXPECT_TRUE(all.equal(first));
    }
}

TEST_F(BlockedLayers, are_for_contiguous_images_outside_of_autocast) {
    const at::Tensor images = at::rand({2, 1, 8, 8});
    EXPECT_TRUE(is_usable(images));
    EXPECT_FALSE(is_usable(at::empty({2, 1, 8, 8}, at::MemoryFormat::ChannelsLast).copy_(images)));
    const AutocastRegion region(at::kCPU, at::kBFloat16);
    EXPECT_FALSE(is_usable(images));
}

}  // namespace
}  // namespace dsqbench::blocked
