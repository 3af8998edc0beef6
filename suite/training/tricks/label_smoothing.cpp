// Label smoothing (Szegedy et al. 2016, section 7): the target is (1 - amount) one-hot + amount / classes.
#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class LabelSmoothing : public Trick {
public:
    explicit LabelSmoothing(const TrickContext& context) : amount_(context.options.at("amount")) {}

    at::Tensor loss(const at::Tensor& before, const StepInputs& step) override {
        return (1 - amount_) * before - amount_ * at::log_softmax(step.logits, 1).mean();
    }

private:
    double amount_;
};

const TrickRegistration registration{
    "label_smoothing",
    {[](const TrickContext& context) { return std::make_unique<LabelSmoothing>(context); },
     "smooth the training targets (Szegedy et al. 2016)",
     {{"amount", real_option("the probability spread over all classes", 0, 0.999)}},
     10}};

}  // namespace
}  // namespace dsqbench
