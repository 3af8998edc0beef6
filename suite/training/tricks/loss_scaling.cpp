// Loss scaling by itself, for recipes that want another first scale than `autocast` has, or see what it does in FP32:
// where nothing overflows, nothing at all.
#include "suite/training/loss_scaling.h"

namespace dsqbench {

namespace {

class ScaledLoss : public Trick {
public:
    explicit ScaledLoss(const TrickContext& context) : scaling_(context.options.at("scale").get<double>()) {}

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
     {{"scale",
       {"the first factor; doubled after 2000 steps, halved when a gradient overflows",
        "a power of two from 1 to 2^127, so that dividing is exact",
        [](const auto& scale) { return scale.is_number() && LossScaling::is_scale(scale.template get<double>()); }}}},
     0}};

}  // namespace
}  // namespace dsqbench
