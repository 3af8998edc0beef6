#include "quantizers/quantizer.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace dsqbench {

namespace {

std::string_view name_of(QuantizerRole role) {
    return role == QuantizerRole::weight ? "weight" : "activation";
}

const QuantizerEntry& entry_of(const std::string& name) {
    return Registry<QuantizerEntry>::instance().find(name);
}

void check_role(const std::string& name, const QuantizerEntry& entry, QuantizerRole role) {
    const bool able = role == QuantizerRole::weight ? entry.weights : entry.activations;
    if (able) return;
    const std::string hint = role == QuantizerRole::weight && !entry.weight_partner.empty()
                                 ? fmt::format("its paper uses '{}' for them", entry.weight_partner)
                                 : "";
    throw Error(ExitCode::recipe, fmt::format("quantizer '{}' does not quantize {}s", name, name_of(role)), hint);
}

void check_options(const std::string& name, const QuantizerEntry& entry, const nlohmann::json& options) {
    std::vector<std::string> known;
    for (const auto& option : entry.options) known.push_back(option.first);
    for (const auto& item : options.items()) {
        if (entry.options.count(item.key()) > 0) continue;
        throw Error(ExitCode::recipe, fmt::format("quantizer '{}' has no option '{}'", name, item.key()),
                    known.empty() ? "it has none" : suggestion(item.key(), known));
    }
}

}  // namespace

Quantizer::Quantizer(QuantizerSettings settings) : settings_(std::move(settings)) {
    // A number, not a Boolean: Module::to() converts every buffer to the type of the parameters.
    calibrated_ = register_buffer("calibrated", at::zeros({}));
}

void Quantizer::calibrate(const at::Tensor& x) {
    if (x.numel() == 0) throw Error(ExitCode::data, "a quantizer cannot be calibrated on an empty tensor");
    const at::NoGradGuard no_gradient;
    if (!at::isfinite(x).all().item<bool>())
        throw Error(ExitCode::numeric, "a quantizer cannot be calibrated on values that are not finite",
                    "check the weights that the run starts from");
    to(x.device(), x.scalar_type());
    fit(x.detach());
    calibrated_.fill_(1);
}

at::Tensor Quantizer::forward(const at::Tensor& x) {
    check(x);
    return fake_quantize(x);
}

void Quantizer::check(const at::Tensor& x) {
    if (x.numel() == 0) throw Error(ExitCode::data, "a quantizer met an empty tensor");
    if (x.scalar_type() != calibrated_.scalar_type())
        throw std::logic_error("a quantizer met another element type than in calibrate()");
    check_calibrated();
}

void Quantizer::check_calibrated() {
    if (!ready_) ready_ = calibrated_.item<double>() != 0;
    if (!ready_) throw std::logic_error("a quantizer's forward() came before its calibrate()");
}

FusedSite Quantizer::fuse(const SiteInput& input) {
    check_calibrated();
    const bool fusable = calibrated_.device().is_cpu() && calibrated_.scalar_type() == at::kFloat;
    return fusable && settings_.channels == 0 ? fused_site(input) : FusedSite{};
}

at::Tensor Quantizer::range_tensor(double value) const {
    return settings_.channels > 0 ? at::full({settings_.channels}, value, at::kFloat) : at::full({}, value, at::kFloat);
}

nlohmann::json Quantizer::describe_as(const std::string& name) const {
    return {{"quantizer", name},
            {"role", name_of(settings_.role)},
            {"bits", settings_.bits},
            {"granularity", settings_.channels > 0 ? "channel" : "tensor"}};
}

std::shared_ptr<Quantizer> make_quantizer(const std::string& name, const QuantizerSettings& settings) {
    const QuantizerEntry& entry = entry_of(name);
    if (settings.bits < 1 || settings.bits > entry.highest_bits)
        throw Error(ExitCode::recipe, fmt::format("quantizer '{}' cannot have {} bits", name, settings.bits),
                    fmt::format("choose 1 to {}", entry.highest_bits));
    check_role(name, entry, settings.role);
    if (settings.channels < 0 || (settings.channels > 0 && settings.role == QuantizerRole::activation))
        throw Error(ExitCode::recipe, "ranges a channel are for weights only");
    check_options(name, entry, settings.options);
    return entry.make(settings);
}

QuantizerPair complete_pair(const std::string& contender) {
    const auto names = split(contender, '/');
    if (names.size() > 2)
        throw Error(ExitCode::usage, fmt::format("'{}' is not a contender", contender),
                    "write one quantizer, or weights/activations as in 'dorefa/pact'");
    const QuantizerEntry& last = entry_of(names.back());
    QuantizerPair pair{names.front(), names.back()};
    if (names.size() == 1 && !last.weight_partner.empty()) pair.weight = last.weight_partner;
    check_role(pair.weight, entry_of(pair.weight), QuantizerRole::weight);
    check_role(pair.activation, last, QuantizerRole::activation);
    return pair;
}

}  // namespace dsqbench
