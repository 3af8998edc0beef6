#include "suite/training/optimizer.h"

#include <gtest/gtest.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <functional>

namespace dsqbench {
namespace {

constexpr double weight_decay = 0.01;

// Ten steps on the gradient 2 (x - 1) + x^2, ours and torch::optim's, from the same start.
void expect_same_path(
    const OptimizerSettings& settings,
    const std::function<std::unique_ptr<torch::optim::Optimizer>(std::vector<at::Tensor>)>& make_theirs,
    at::ScalarType type = at::kDouble) {
    const at::Tensor start = at::linspace(-1, 2, 7, type);
    const at::Tensor ours = start.clone().requires_grad_(), theirs = start.clone().requires_grad_();
    const auto optimizer = Optimizer::make(settings, {{"x", ours, weight_decay, 1.0}});
    const auto reference = make_theirs({theirs});
    for (int step = 0; step < 10; ++step) {
        for (const at::Tensor& x : {ours, theirs}) at::Tensor(x).mutable_grad() = (2 * (x - 1) + x * x).detach();
        optimizer->step(0.05);
        reference->step();
    }
    const double tolerance = type == at::kDouble ? 1e-12 : 1e-6;
    EXPECT_TRUE(ours.allclose(theirs, tolerance, tolerance)) << settings.kind << "\n" << ours << "\n" << theirs;
    EXPECT_FALSE(ours.allclose(start));
}

// float32 on the CPU has a pass of its own.
TEST(Optimizer, sgd_equals_torch_optim) {
    for (const auto type : {at::kDouble, at::kFloat})
        for (const bool nesterov : {false, true}) {
            OptimizerSettings settings;
            settings.nesterov = nesterov;
            const auto make_theirs = [&](std::vector<at::Tensor> parameters) {
                const auto options = torch::optim::SGDOptions(0.05).momentum(0.9).nesterov(nesterov);
                return std::make_unique<torch::optim::SGD>(
                    parameters, torch::optim::SGDOptions(options).weight_decay(weight_decay));
            };
            expect_same_path(settings, make_theirs, type);
        }
}

TEST(Optimizer, adam_equals_torch_optim) {
    OptimizerSettings settings;
    settings.kind = "adam";
    expect_same_path(settings, [](std::vector<at::Tensor> parameters) {
        return std::make_unique<torch::optim::Adam>(parameters,
                                                    torch::optim::AdamOptions(0.05).weight_decay(weight_decay));
    });
}

TEST(Optimizer, adamw_equals_torch_optim) {
    OptimizerSettings settings;
    settings.kind = "adamw";
    expect_same_path(settings, [](std::vector<at::Tensor> parameters) {
        return std::make_unique<torch::optim::AdamW>(parameters,
                                                     torch::optim::AdamWOptions(0.05).weight_decay(weight_decay));
    });
}

TEST(Optimizer, scales_the_learning_rate_of_a_tensor) {
    at::Tensor slow = at::ones({1}).requires_grad_(), fast = at::ones({1}).requires_grad_();
    OptimizerSettings settings;
    settings.momentum = 0;
    settings.nesterov = false;
    const auto optimizer = Optimizer::make(settings, {{"slow", slow, 0, 0.1}, {"fast", fast, 0, 1.0}});
    slow.mutable_grad() = at::ones({1});
    fast.mutable_grad() = at::ones({1});
    optimizer->step(0.5);
    EXPECT_FLOAT_EQ(slow.item<float>(), 0.95F);
    EXPECT_FLOAT_EQ(fast.item<float>(), 0.5F);
}

TEST(Optimizer, leaves_a_tensor_without_gradient_alone) {
    at::Tensor x = at::ones({1}).requires_grad_();
    Optimizer::make({}, {{"x", x, 0.1, 1.0}})->step(1.0);
    EXPECT_EQ(x.item<float>(), 1.0F);
}

TEST(Optimizer, restored_state_continues_the_same_path) {
    const auto walk = [](int first_steps, int later_steps) {
        at::Tensor x = at::ones({3}).requires_grad_();
        const auto step = [&](Optimizer& optimizer) {
            x.mutable_grad() = (x * x).detach();
            optimizer.step(0.1);
        };
        OptimizerSettings settings;
        settings.kind = "adam";
        const auto before = Optimizer::make(settings, {{"x", x, 0, 1}});
        for (int i = 0; i < first_steps; ++i) step(*before);
        const auto after = Optimizer::make(settings, {{"x", x, 0, 1}});
        for (const auto& [name, tensor] : before->state()) at::Tensor(after->state().at(name)).copy_(tensor);
        for (int i = 0; i < later_steps; ++i) step(*after);
        return x.detach().clone();
    };
    EXPECT_TRUE(walk(3, 4).equal(walk(7, 0)));
}

}  // namespace
}  // namespace dsqbench
