// Gradient clipping by the global L2 norm (Pascanu et al. 2013).
#include <ATen/core/grad_mode.h>

#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class GradientClipping : public Trick {
public:
    explicit GradientClipping(const TrickContext& context) : norm_(context.options.at("norm")) {}

    StepChoice before_step(Network& network) override {
        const at::NoGradGuard no_grad;
        double square = 0;
        for (const auto& parameter : network.parameters())
            if (parameter.grad().defined()) square += parameter.grad().square().sum().item<double>();
        if (square <= norm_ * norm_) return StepChoice::made;
        const double factor = norm_ / std::sqrt(square);
        for (auto& parameter : network.parameters())
            if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
        return StepChoice::made;
    }

private:
    double norm_;
};

const TrickRegistration registration{
    "gradient_clipping",
    {[](const TrickContext& context) { return std::make_unique<GradientClipping>(context); },
     "bound the global gradient norm (Pascanu et al. 2013)",
     {{"norm", real_option("the largest L2 norm of all gradients together", 1e-6, 1e6)}}}};

}  // namespace
}  // namespace dsqbench
