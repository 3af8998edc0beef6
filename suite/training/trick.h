// Training tricks: plug-ins that a recipe names as [tricks.<name>] and gives every option of. A trick hooks into fixed
// points of the training loop and knows nothing of the quantizers.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "suite/core/registry.h"
#include "suite/data/loader.h"
#include "suite/models/network.h"

namespace dsqbench {

using ForwardPass = std::function<at::Tensor(const at::Tensor& images)>;  // to logits

struct StepInputs {
    const at::Tensor& images;
    const at::Tensor& logits;
    const at::Tensor& labels;
};

// What a trick may use when it is made.
struct TrickContext {
    nlohmann::json options;  // its table of the recipe, checked
    std::int64_t epochs = 1;
    at::Device device = at::kCPU;
    // The same model in FP32, for teachers and pre-trained weights.
    std::function<std::shared_ptr<Network>()> make_fp32_network;
    // weights.safetensors of the FP32 pre-training, when the recipe pre-trains.
    std::optional<std::filesystem::path> pretrained_weights;
    // The safetensors file that --weights was made into, when there was one.
    std::optional<std::filesystem::path> given_weights;
};

enum class StepChoice { made, left_out };

class Trick {
public:
    virtual ~Trick() = default;

    // Once the network exists, fresh or resumed, and again when it is rebuilt with other bits: after this, state() has
    // all its tensors.
    virtual void attach(Network&) {}
    // Before calibration and the first step of a fresh run; not when a run is taken up again.
    virtual void start(Network&) {}
    // The bit width of inner layers in `epoch` (from 0), or nullopt for the recipe's.
    virtual std::optional<int> bits_in_epoch(std::int64_t) const { return std::nullopt; }
    // The forward pass of a training step, not of evaluations; `network` is what this trick is put around.
    virtual at::Tensor forward(const at::Tensor& images, const ForwardPass& network) { return network(images); }
    // The loss to minimise, made from what it was before this trick.
    virtual at::Tensor loss(const at::Tensor& before, const StepInputs&) { return before; }
    // What the loss is multiplied by before gradients are taken; before_step() divides them by it.
    virtual double loss_scale() const { return 1; }
    // Gradients are there, the step is not made; the answer says whether it will be.
    virtual StepChoice before_step(Network&) { return StepChoice::made; }
    virtual void after_step(Network&) {}
    // Around every evaluation; what before_evaluation changes, after_evaluation takes back.
    virtual void before_evaluation(Network&) {}
    virtual void after_evaluation(Network&) {}
    // After the last step: what it does to the network stays. `batches` walks through augmented training batches.
    virtual void finish(Network&, Loader& /*batches*/) {}
    // Tensors that a checkpoint must hold, by reference: copy_ into them restores the trick.
    virtual std::map<std::string, at::Tensor> state() { return {}; }
};

// A key of a trick's table; a recipe must give all of a trick's.
struct TrickOption {
    std::string meaning, range;  // range: what `accepts` wants, "a number from 0 to 1"
    std::function<bool(const nlohmann::json& value)> accepts;
};
TrickOption real_option(const std::string& meaning, double minimum, double maximum);
TrickOption integer_option(const std::string& meaning, std::int64_t minimum);

struct TrickEntry {
    static constexpr const char* kind = "trick";
    std::function<std::unique_ptr<Trick>(const TrickContext&)> make;
    std::string summary;
    std::map<std::string, TrickOption> options;
    // Tricks take their turns in this order, the first one innermost in a forward pass: label smoothing changes the
    // target, distillation mixes in a second one; gradients are divided by the loss's scale before they are clipped.
    int order = 50;
    // Throws Error(recipe) where the device cannot do what the options ask for.
    std::function<void(const nlohmann::json& options, at::Device device)> check_device = [](const auto&, at::Device) {};
};

using TrickRegistration = Registration<TrickEntry>;

// Every [tricks.*] table in the entries' order. Throws Error(recipe) for unknown tricks, and for options that are
// missing, unknown or out of their range.
struct NamedTrick {
    std::string name;
    std::unique_ptr<Trick> trick;
};
using NamedTricks = std::vector<NamedTrick>;
NamedTricks make_tricks(const nlohmann::json& tables, TrickContext context);
void check_trick_tables(const nlohmann::json& tables);
void check_tricks_on(at::Device device, const nlohmann::json& tables);

// The hooks of all tricks together.
at::Tensor forward_through(const NamedTricks& tricks, Network& network, const at::Tensor& images);
at::Tensor scaled_loss(const NamedTricks& tricks, const at::Tensor& loss);
StepChoice before_step(const NamedTricks& tricks, Network& network);

}  // namespace dsqbench
