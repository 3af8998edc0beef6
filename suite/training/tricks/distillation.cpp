// Knowledge distillation from the FP32 model (Hinton et al. 2015): (1 - weight) loss + weight T^2 KL(teacher ||
// student), both softened by the temperature T. The teacher is the pre-trained network of this seed.
#include <ATen/core/grad_mode.h>

#include "suite/training/network_state.h"
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class Distillation : public Trick {
public:
    explicit Distillation(const TrickContext& context)
        : weight_(context.options.at("weight")),
          temperature_(context.options.at("temperature")),
          teacher_(context.make_fp32_network()) {
        load_weights(*teacher_, *context.pretrained_weights, MissingQuantizerState::refused);
        teacher_->eval();
    }

    at::Tensor loss(const at::Tensor& before, const StepInputs& step) override {
        at::Tensor target;
        {
            const at::NoGradGuard no_grad;
            target = at::log_softmax(teacher_->forward(step.images) / temperature_, 1);
        }
        const at::Tensor student = at::log_softmax(step.logits / temperature_, 1);
        const at::Tensor divergence = (target.exp() * (target - student)).sum(1).mean();
        return (1 - weight_) * before + weight_ * temperature_ * temperature_ * divergence;
    }

private:
    double weight_, temperature_;
    std::shared_ptr<Network> teacher_;
};

std::unique_ptr<Trick> make(const TrickContext& context) {
    if (!context.pretrained_weights)
        throw Error(ExitCode::recipe, "distillation needs a teacher", "add [tricks.pretrain] to the recipe");
    return std::make_unique<Distillation>(context);
}

const TrickRegistration registration{"distillation",
                                     {make,
                                      "learn from the FP32 model's outputs (Hinton et al. 2015)",
                                      {{"weight", real_option("the share of the distillation loss", 0, 1)},
                                       {"temperature", real_option("what both outputs are divided by", 0.1, 100)}},
                                      20}};

}  // namespace
}  // namespace dsqbench
