// Loss scaling by itself, for recipes that want another first scale than `autocast` has, or see what it does in FP32:
// where nothing overflows, nothing at all.
#include "suite/training/loss_scaling.h"

namespace dsqbench {

namespace {

class ScaledLoss : public Trick {
public:
    explicit ScaledLoss(const TrickContext& context) : scaling_(real_option(context.options, "scale", 1, 0x1p127)) {}

    double loss_scale() const override { return scaling_.scale(); }
    StepChoice before_step(Network& network) override { return scaling_.divide_gradients(network); }
    std::map<std::string, at::Tensor> state() override { return scaling_.state(); }

private:
    LossScaling scaling_;
};

const TrickRegistration registration{
    "loss_scaling",
    {[](const TrickContext& context) { return std::make_unique<ScaledLoss>(context); },
     "multiply the loss so that small gradients survive; leave out steps that overflow (Micikevicius et al. 2018)",
     {{"scale", "the first factor, a power of two; doubled after 2000 steps, halved when a gradient overflows"}},
     0}};

}  // namespace
}  // namespace dsqbench
