#include "suite/training/loss_scaling.h"

#include <gtest/gtest.h>

#include <limits>

namespace dsqbench {
namespace {

struct TwoNumbers : Network {
    TwoNumbers() { x = register_parameter("x", at::tensor(std::vector<float>{3, 4})); }
    at::Tensor forward(const at::Tensor& images) override { return images; }
    void set_gradient(float first, float second) { x.mutable_grad() = at::tensor(std::vector<float>{first, second}); }
    at::Tensor x;
};

constexpr float infinity = std::numeric_limits<float>::infinity();

class LossScalingTest : public testing::Test {
protected:
    TwoNumbers network_;
};

TEST_F(LossScalingTest, divides_gradients_by_its_scale) {
    LossScaling scaling(1024);
    network_.set_gradient(2048, -512);
    EXPECT_EQ(scaling.divide_gradients(network_), StepChoice::made);
    EXPECT_TRUE(network_.x.grad().equal(at::tensor(std::vector<float>{2, -0.5})));
    EXPECT_EQ(scaling.scale(), 1024);
}

TEST_F(LossScalingTest, leaves_a_step_out_whose_gradients_overflow_and_halves) {
    LossScaling scaling(1024);
    for (const float bad : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
        const double before = scaling.scale();
        network_.set_gradient(1, bad);
        EXPECT_EQ(scaling.divide_gradients(network_), StepChoice::left_out);
        EXPECT_EQ(scaling.scale(), before / 2);
    }
}

TEST_F(LossScalingTest, does_not_hide_gradients_that_overflow_by_themselves) {
    LossScaling scaling(2);
    network_.set_gradient(infinity, 1);
    EXPECT_EQ(scaling.divide_gradients(network_), StepChoice::left_out);
    EXPECT_EQ(scaling.scale(), 1);
    EXPECT_EQ(scaling.divide_gradients(network_), StepChoice::made);
    EXPECT_EQ(scaling.scale(), 1);
}

TEST_F(LossScalingTest, doubles_after_2000_steps_in_a_row) {
    LossScaling scaling(1024);
    const auto make_steps = [&](int steps) {
        for (int i = 0; i < steps; ++i) {
            network_.set_gradient(1, 1);
            scaling.divide_gradients(network_);
        }
    };
    make_steps(1500);
    network_.set_gradient(infinity, 1);
    scaling.divide_gradients(network_);
    make_steps(1999);
    EXPECT_EQ(scaling.scale(), 512);
    make_steps(1);
    EXPECT_EQ(scaling.scale(), 1024);
}

TEST_F(LossScalingTest, goes_on_from_its_state) {
    LossScaling scaling(1024), other;
    for (int i = 0; i < 1999; ++i) {
        network_.set_gradient(1, 1);
        scaling.divide_gradients(network_);
    }
    for (auto& [name, tensor] : other.state()) tensor.copy_(scaling.state().at(name));
    network_.set_gradient(1, 1);
    other.divide_gradients(network_);
    EXPECT_EQ(other.scale(), 2048);
}

TEST_F(LossScalingTest, starts_from_powers_of_two_only) {
    for (const double scale : {0.0, 0.5, 3.0, 1000.0, -2.0, 0x1p128, std::numeric_limits<double>::quiet_NaN()})
        EXPECT_FALSE(LossScaling::is_scale(scale)) << scale;
    EXPECT_TRUE(LossScaling::is_scale(1));
    EXPECT_TRUE(LossScaling::is_scale(0x1p127));
}

TEST_F(LossScalingTest, does_without_gradients) {
    LossScaling scaling;
    EXPECT_EQ(scaling.divide_gradients(network_), StepChoice::made);
}

}  // namespace
}  // namespace dsqbench
