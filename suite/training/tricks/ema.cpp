// Exponential moving average of the weights (Polyak averaging): evaluation and the finished run use the average.
#include <ATen/core/grad_mode.h>

#include "suite/training/trick.h"

namespace dsqbench {

namespace {

class WeightAverage : public Trick {
public:
    explicit WeightAverage(const TrickContext& context) : decay_(context.options.at("decay")) {}

    void attach(Network& network) override {
        for (const auto& item : network.named_parameters())
            average_.try_emplace(item.key(), at::zeros_like(item.value()).detach());
    }

    void after_step(Network& network) override {
        const at::NoGradGuard no_grad;
        const double past = steps_.item<std::int64_t>() == 0 ? 0 : decay_;  // the first step starts the average
        steps_.add_(1);
        for (const auto& item : network.named_parameters())
            average_.at(item.key()).mul_(past).add_(item.value().detach(), 1 - past);
    }

    void before_evaluation(Network& network) override { swap(network); }
    void after_evaluation(Network& network) override { swap(network); }
    void finish(Network& network, Loader&) override { swap(network); }

    std::map<std::string, at::Tensor> state() override {
        auto tensors = average_;
        tensors.emplace("steps", steps_);
        return tensors;
    }

private:
    void swap(Network& network) {
        if (steps_.item<std::int64_t>() == 0) return;
        const at::NoGradGuard no_grad;
        for (auto& item : network.named_parameters()) {
            at::Tensor& average = average_.at(item.key());
            const at::Tensor current = item.value().detach().clone();
            item.value().copy_(average);
            average.copy_(current);
        }
    }

    double decay_;
    std::map<std::string, at::Tensor> average_;
    at::Tensor steps_ = at::zeros({}, at::kLong);
};

const TrickRegistration registration{
    "ema",
    {[](const TrickContext& context) { return std::make_unique<WeightAverage>(context); },
     "evaluate and keep a moving average of the weights",
     {{"decay", real_option("the weight of the past", 0, 0.999999)}}}};

}  // namespace
}  // namespace dsqbench
