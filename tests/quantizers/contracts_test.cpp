// What holds for every registered quantizer, whatever it is.
#include <gtest/gtest.h>

#include <limits>

#include "quantizers/quantizer.h"
#include "tests/quantizers/gradient_check.h"

namespace dsqbench {
namespace {

struct Case {
    std::string name;
    QuantizerRole role;
    std::int64_t channels;
};

constexpr std::int64_t channels = 4;

std::vector<Case> all_cases() {
    std::vector<Case> cases;
    for (const auto& name : Registry<QuantizerEntry>::instance().names()) {
        const QuantizerEntry& entry = Registry<QuantizerEntry>::instance().find(name);
        if (entry.weights) cases.push_back({name, QuantizerRole::weight, 0});
        if (entry.weights) cases.push_back({name, QuantizerRole::weight, channels});
        if (entry.activations) cases.push_back({name, QuantizerRole::activation, 0});
    }
    return cases;
}

std::vector<Case> cases_by_channel() {
    std::vector<Case> cases;
    for (const Case& c : all_cases())
        if (c.channels > 0) cases.push_back(c);
    return cases;
}

std::string title(const testing::TestParamInfo<Case>& info) {
    std::string text = info.param.name + (info.param.role == QuantizerRole::weight ? "_weight" : "_activation") +
                       (info.param.channels > 0 ? "_channels" : "");
    for (char& c : text)
        if (c == '-') c = '_';
    return text;
}

class EveryQuantizer : public testing::TestWithParam<Case> {
protected:
    QuantizerSettings settings(int bits) const {
        return settings_of(GetParam().role, bits, nlohmann::json::object(), GetParam().channels);
    }
    std::shared_ptr<Quantizer> fitted(int bits, const at::Tensor& x) const {
        return calibrated(GetParam().name, settings(bits), x);
    }
    bool is_identity() const { return make_quantizer(GetParam().name, settings(8))->is_identity(); }

    // Wide enough to reach PACT's first clipping level of 10.
    at::Tensor x_ = 5 * normal_sample({channels, 3, 25});
};

class EveryQuantizerByChannel : public EveryQuantizer {};

INSTANTIATE_TEST_SUITE_P(all, EveryQuantizer, testing::ValuesIn(all_cases()), title);
INSTANTIATE_TEST_SUITE_P(all, EveryQuantizerByChannel, testing::ValuesIn(cases_by_channel()), title);

TEST_P(EveryQuantizer, is_its_integer_grid_to_the_bit) {
    if (is_identity()) GTEST_SKIP() << "the identity has no grid";
    for (int bits = 1; bits <= 8; ++bits)
        for (const auto type : {at::kFloat, at::kDouble})
            for (const bool training : {true, false}) {
                const auto quantizer = fitted(bits, x_.to(type));
                quantizer->train(training);
                const at::Tensor x = (0.9 * x_).to(type), y = quantizer->forward(x);
                const Grid grid = quantizer->grid();
                const at::Tensor codes = grid.quantize(x);
                ASSERT_TRUE(at::equal(y, grid.dequantize(codes))) << bits << " bits";
                ASSERT_EQ(y.scalar_type(), type);
                ASSERT_EQ(codes.scalar_type(), at::kInt);
                ASSERT_EQ(grid.bits, bits);
                ASSERT_EQ(grid.highest - grid.lowest, (1 << bits) - 1);
                ASSERT_GE(codes.min().item<int>(), grid.lowest);
                ASSERT_LE(codes.max().item<int>(), grid.highest);
                ASSERT_FALSE(grid.scale.requires_grad() || grid.offset.requires_grad());
            }
}

TEST_P(EveryQuantizer, gives_every_parameter_a_gradient) {
    for (int bits = 1; bits <= 8; ++bits) {
        const auto quantizer = fitted(bits, x_);
        for (const auto& gradient : gradients_of(*quantizer, x_, normal_sample(x_.sizes().vec(), 3))) {
            ASSERT_TRUE(gradient.second.defined()) << gradient.first;
            EXPECT_GT(gradient.second.abs().max().item<double>(), 0) << gradient.first << " at " << bits << " bits";
        }
    }
}

TEST_P(EveryQuantizerByChannel, does_to_a_channel_what_it_does_to_a_tensor) {
    const at::Tensor upstream = normal_sample(x_.sizes().vec(), 3);
    for (const int bits : {1, 2, 5}) {
        const auto together = fitted(bits, x_);
        const at::Tensor y = together->forward(x_).detach();
        const auto gradients = gradients_of(*together, x_, upstream);
        for (std::int64_t c = 0; c < channels; ++c) {
            const auto alone = calibrated(GetParam().name, settings_of(GetParam().role, bits), x_[c]);
            EXPECT_LT(largest_difference(y[c], alone->forward(x_[c]).detach()), 1e-12);
            for (const auto& gradient : gradients_of(*alone, x_[c], upstream[c]))
                EXPECT_LT(largest_difference(gradients.at(gradient.first)[c], gradient.second), 1e-9) << gradient.first;
        }
    }
}

// The fused passes against the tensor formulas.
TEST_P(EveryQuantizer, has_in_float32_the_gradients_of_float64) {
    const at::Tensor narrow = x_.to(at::kFloat), x = narrow.to(at::kDouble);
    const at::Tensor upstream = normal_sample(x.sizes().vec(), 2).to(at::kFloat);
    const auto exact = fitted(2, x), fused = fitted(2, narrow);
    const auto expected = gradients_of(*exact, x, upstream.to(at::kDouble));
    for (const auto& [name, gradient] : gradients_of(*fused, narrow, upstream)) {
        const double tolerance = 1e-4 * (1 + expected.at(name).abs().max().item<double>());
        EXPECT_LT(largest_difference(gradient.to(at::kDouble), expected.at(name)), tolerance) << name;
    }
}

TEST_P(EveryQuantizer, stays_valid_whatever_an_optimizer_does) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const at::Tensor x = x_.to(at::kFloat);
    for (const float value : {0.0f, 0.7f, -5.0f, 1e-20f, 1e38f, -1e38f, infinity, -infinity}) {
        const auto quantizer = fitted(3, x);
        const auto parameters = quantizer->named_parameters();
        for (const auto& victim : parameters) {
            const at::NoGradGuard no_gradient;
            victim.value().fill_(value);
            const at::Tensor before = quantizer->forward(x);
            EXPECT_TRUE(at::isfinite(before).all().item<bool>()) << victim.key() << " = " << value;
            quantizer->project();
            EXPECT_TRUE(at::equal(quantizer->forward(x), before)) << victim.key() << " = " << value;
            EXPECT_TRUE(at::isfinite(victim.value()).all().item<bool>());
        }
        for (const auto& parameter : parameters)
            if (parameter.key() == "alpha") {
                EXPECT_GT(parameter.value().min().item<float>(), 0);
                EXPECT_LT(parameter.value().max().item<float>(), 0.5f);
            }
        if (parameters.contains("l")) {
            EXPECT_TRUE(parameters["l"].lt(parameters["u"]).all().item<bool>());
        }
    }
}

TEST_P(EveryQuantizer, survives_a_checkpoint) {
    const auto source = fitted(3, x_.to(at::kFloat));
    source->forward(x_.to(at::kFloat) * 1.3);
    const auto copy = make_quantizer(GetParam().name, settings(3));
    {
        const at::NoGradGuard no_gradient;
        for (auto& parameter : copy->named_parameters())
            parameter.value().copy_(source->named_parameters()[parameter.key()]);
        for (auto& buffer : copy->named_buffers()) buffer.value().copy_(source->named_buffers()[buffer.key()]);
    }
    source->eval();
    copy->eval();
    EXPECT_TRUE(at::equal(copy->forward(x_.to(at::kFloat)), source->forward(x_.to(at::kFloat))));
    EXPECT_EQ(copy->state_summary(), source->state_summary());
}

TEST_P(EveryQuantizer, does_not_move_in_evaluation) {
    const auto quantizer = fitted(2, x_);
    quantizer->eval();
    const auto before = quantizer->state_summary();
    quantizer->forward(100 * x_);
    EXPECT_EQ(quantizer->state_summary(), before);
}

TEST_P(EveryQuantizer, stands_zero_constant_and_huge_tensors) {
    for (const double value : {0.0, 1e-30, 3.0, -1e30}) {
        const at::Tensor x = at::full({channels, 5}, value, at::kFloat);
        for (const int bits : {1, 8}) {
            const auto quantizer = fitted(bits, x);
            EXPECT_TRUE(at::isfinite(quantizer->forward(x)).all().item<bool>()) << value;
            for (const auto& gradient : gradients_of(*quantizer, x, at::ones_like(x)))
                EXPECT_TRUE(at::isfinite(gradient.second).all().item<bool>()) << gradient.first << " at " << value;
        }
    }
}

TEST_P(EveryQuantizer, names_itself_and_its_state) {
    const auto quantizer = fitted(2, x_);
    EXPECT_EQ(quantizer->describe().at("quantizer"), GetParam().name);
    for (const auto& item : quantizer->state_summary()) EXPECT_TRUE(std::isfinite(item.second)) << item.first;
    EXPECT_EQ(quantizer->surrogate(x_).sizes(), x_.sizes());
    EXPECT_FALSE(quantizer->surrogate(x_).requires_grad());
}

// The published benchmark's DSQ was STE under another name: here every pair must differ in value or in a gradient.
TEST(Quantizers, are_all_different) {
    const at::Tensor x = 5 * normal_sample({200}), upstream = normal_sample({200}, 2);
    std::map<std::string, std::map<std::string, at::Tensor>> outcomes;
    for (const auto& c : all_cases()) {
        if (c.channels > 0) continue;
        const auto quantizer = calibrated(c.name, settings_of(c.role, 2), x);
        auto& outcome = outcomes[c.name];
        const std::string role = c.role == QuantizerRole::weight ? "weight " : "activation ";
        outcome[role + "value"] = quantizer->forward(x).detach();
        for (const auto& gradient : gradients_of(*quantizer, x, upstream))
            outcome[role + gradient.first] = gradient.second;
    }
    for (const auto& a : outcomes)
        for (const auto& b : outcomes) {
            if (a.first >= b.first) continue;
            bool differs = false;
            for (const auto& item : a.second) {
                const auto other = b.second.find(item.first);
                differs = differs || other == b.second.end() || !at::equal(item.second, other->second);
            }
            for (const auto& item : b.second) differs = differs || a.second.count(item.first) == 0;
            EXPECT_TRUE(differs) << a.first << " and " << b.first;
        }
}

}  // namespace
}  // namespace dsqbench
