#include "suite/models/network.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "suite/core/random.h"

namespace dsqbench {

namespace {

void fill_normal(at::Tensor& weight, double deviation, std::uint64_t seed) {
    Random random(seed);
    const at::Tensor values = at::empty(weight.sizes(), at::kFloat);
    float* data = values.data_ptr<float>();
    for (std::int64_t i = 0; i < values.numel(); ++i) data[i] = static_cast<float>(deviation * random.normal());
    weight.copy_(values);
}

double initial_deviation(const at::Tensor& weight) {
    if (weight.dim() == 2) return std::sqrt(1.0 / (3.0 * static_cast<double>(weight.size(1))));
    const auto fan_out = static_cast<double>(weight.numel() / weight.size(1));
    return std::sqrt(2.0 / fan_out);
}

}  // namespace

std::vector<NamedLayer> Network::layers() {
    std::vector<NamedLayer> found;
    for (const auto& item : named_modules("", /*include_self=*/false))
        if (auto* layer = dynamic_cast<QuantizedLayer*>(item.value().get())) found.push_back({item.key(), layer});
    return found;
}

std::vector<NetworkNode> Network::nodes() {
    throw Error(ExitCode::unavailable, "this network does not say what its forward pass is made of",
                "define nodes() in its file of suite/models");
}

const std::vector<std::shared_ptr<Quantizer>>& Network::quantizers() {
    if (has_quantizers_) return quantizers_;
    for (const auto& named : layers())
        for (const auto& quantizer : {named.layer->weight_quantizer(), named.layer->activation_quantizer()})
            if (quantizer) quantizers_.push_back(quantizer);
    has_quantizers_ = true;
    return quantizers_;
}

void Network::join(const std::shared_ptr<const RankGroup>& group, Norms norms) {
    for (const auto& quantizer : quantizers()) quantizer->join(group);
    for (const auto& module : modules())
        if (auto* norm = module->as<BatchNorm2d>()) norm->join(norms == Norms::of_the_whole ? group : nullptr);
}

void Network::project() {
    for (const auto& quantizer : quantizers()) quantizer->project();
}

at::Tensor Network::penalty() {
    at::Tensor sum;
    for (const auto& quantizer : quantizers())
        if (const at::Tensor penalty = quantizer->penalty(); penalty.defined())
            sum = sum.defined() ? sum + penalty : penalty;
    return sum;
}

std::shared_ptr<Network> make_network(const std::string& model, const ModelSettings& settings, std::uint64_t seed) {
    const auto network = Registry<ModelEntry>::instance().find(model).make(settings);
    const at::NoGradGuard no_grad;
    for (const auto& named : network->layers()) {
        at::Tensor weight = named.layer->weight();
        fill_normal(weight, initial_deviation(weight), derive_seed(seed, "init/" + named.name));
    }
    return network;
}

}  // namespace dsqbench
