// Mixed precision (Micikevicius et al. 2018): in the forward pass of training, and backward through it, convolutions
// and linear layers compute in bfloat16 or float16. Weights, quantizers, losses, the optimizer and every evaluation
// stay in float32, so what is measured and deployed is the float32 network. float16 has loss scaling with it.
#include "quantizers/autocast.h"

#include <optional>

#include "suite/training/loss_scaling.h"

namespace dsqbench {

namespace {

void check_device(const nlohmann::json& options, at::Device device) {
    if (device.is_cpu() && options.at("type") == "fp16")
        throw Error(ExitCode::recipe, "fp16 autocast is for GPUs: LibTorch has no convolutions in float16 for the CPU",
                    "set tricks.autocast.type=bf16, or train with --device cuda");
}

class Autocast : public Trick {
public:
    explicit Autocast(const TrickContext& context)
        : type_(context.options.at("type") == "bf16" ? at::kBFloat16 : at::kHalf) {
        if (type_ == at::kHalf) scaling_.emplace();
    }

    at::Tensor forward(const at::Tensor& images, const ForwardPass& network) override {
        const AutocastRegion region(images.device().type(), type_);
        return network(images).to(at::kFloat);
    }

    double loss_scale() const override { return scaling_ ? scaling_->scale() : 1; }
    StepChoice before_step(Network& network) override {
        return scaling_ ? scaling_->divide_gradients(network) : StepChoice::made;
    }
    std::map<std::string, at::Tensor> state() override {
        return scaling_ ? scaling_->state() : std::map<std::string, at::Tensor>{};
    }

private:
    at::ScalarType type_;
    std::optional<LossScaling> scaling_;
};

const TrickRegistration registration{
    "autocast",
    {[](const TrickContext& context) { return std::make_unique<Autocast>(context); },
     "train in mixed precision; quantizers and evaluations stay in float32 (Micikevicius et al. 2018)",
     {{"type",
       {"what convolutions compute in; fp16 with loss scaling, on a GPU", "\"bf16\" or \"fp16\"",
        [](const auto& type) { return type == "bf16" || type == "fp16"; }}}},
     0,
     check_device}};

}  // namespace
}  // namespace dsqbench
