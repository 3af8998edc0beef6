#include "suite/training/optimizer.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <map>
#include <utility>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

class Sgd : public Optimizer {
public:
    Sgd(const OptimizerSettings& settings, std::vector<OptimizedTensor> tensors)
        : Optimizer(std::move(tensors)), momentum_(settings.momentum), nesterov_(settings.nesterov) {
        if (momentum_ > 0)
            for (const auto& item : tensors_) slot("momentum", item);
    }

private:
    void update(const OptimizedTensor& item, at::Tensor gradient, double learning_rate) override {
        if (is_plain(item.tensor) && is_plain(gradient) && momentum_ > 0)
            return update_in_one_pass(item, gradient, learning_rate);
        Together& together = together_[{item.weight_decay, learning_rate}];
        together.values.push_back(item.tensor);
        together.gradients.push_back(gradient);
        if (momentum_ > 0) together.velocities.push_back(slot("momentum", item));
    }

    // All tensors in an operation each: on a GPU hundreds of small ones cost more than what they compute.
    void after_step() override {
        for (auto& [rates, together] : together_) {
            const auto [decay, learning_rate] = rates;
            std::vector<at::Tensor> steps = together.gradients;
            if (decay != 0) steps = at::_foreach_add(steps, together.values, decay);
            if (momentum_ > 0) {
                at::_foreach_mul_(together.velocities, momentum_);
                at::_foreach_add_(together.velocities, steps);
                steps = nesterov_ ? at::_foreach_add(steps, together.velocities, momentum_) : together.velocities;
            }
            at::_foreach_add_(together.values, steps, -learning_rate);
        }
        together_.clear();
    }

    static bool is_plain(const at::Tensor& x) {
        return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous();
    }

    // The same in one pass over memory: quantizers have parameters of one element, where operations cost the most.
    void update_in_one_pass(const OptimizedTensor& item, const at::Tensor& gradient, double learning_rate) {
        float *value = item.tensor.data_ptr<float>(), *velocity = slot("momentum", item).data_ptr<float>();
        const float* slope = gradient.data_ptr<float>();
        const auto decay = static_cast<float>(item.weight_decay), momentum = static_cast<float>(momentum_);
        const auto rate = static_cast<float>(learning_rate);
        for (std::int64_t i = 0; i < item.tensor.numel(); ++i) {
            const float decayed = slope[i] + decay * value[i];
            velocity[i] = momentum * velocity[i] + decayed;
            value[i] -= rate * (nesterov_ ? decayed + momentum * velocity[i] : velocity[i]);
        }
    }

    // Tensors that one step moves alike.
    struct Together {
        std::vector<at::Tensor> values, gradients, velocities;
    };

    double momentum_;
    bool nesterov_;
    std::map<std::pair<double, double>, Together> together_;  // by weight decay and learning rate, during a step
};

// Kingma and Ba 2015, algorithm 1; with decoupled decay, Loshchilov and Hutter 2019.
class Adam : public Optimizer {
public:
    enum class Decay { coupled, decoupled };

    Adam(const OptimizerSettings& settings, std::vector<OptimizedTensor> tensors, Decay decay)
        : Optimizer(std::move(tensors)), settings_(settings), decay_(decay) {
        for (const auto& item : tensors_) {
            slot("first_moment", item);
            slot("second_moment", item);
        }
        state_.emplace("steps", at::zeros({}, at::kLong));
    }

private:
    void before_step() override {
        at::Tensor steps = state_.at("steps");
        steps.add_(1);
        const auto count = static_cast<double>(steps.item<std::int64_t>());
        correction1_ = 1 - std::pow(settings_.beta1, count);
        correction2_ = 1 - std::pow(settings_.beta2, count);
    }

    void update(const OptimizedTensor& item, at::Tensor gradient, double learning_rate) override {
        at::Tensor parameter = item.tensor;
        if (decay_ == Decay::decoupled) parameter.mul_(1 - learning_rate * item.weight_decay);
        if (decay_ == Decay::coupled && item.weight_decay != 0) gradient = gradient.add(parameter, item.weight_decay);
        at::Tensor first = slot("first_moment", item), second = slot("second_moment", item);
        first.mul_(settings_.beta1).add_(gradient, 1 - settings_.beta1);
        second.mul_(settings_.beta2).addcmul_(gradient, gradient, 1 - settings_.beta2);
        const at::Tensor denominator = second.sqrt().div_(std::sqrt(correction2_)).add_(settings_.epsilon);
        parameter.addcdiv_(first, denominator, -learning_rate / correction1_);
    }

    OptimizerSettings settings_;
    Decay decay_;
    double correction1_ = 1, correction2_ = 1;
};

}  // namespace

at::Tensor Optimizer::slot(const std::string& name, const OptimizedTensor& item) {
    const auto [position, created] = state_.try_emplace(name + "." + item.name);
    if (created) position->second = at::zeros_like(item.tensor).detach();
    return position->second;
}

void Optimizer::step(double learning_rate) {
    const at::NoGradGuard no_grad;
    before_step();
    for (const auto& item : tensors_)
        if (item.tensor.grad().defined()) update(item, item.tensor.grad(), learning_rate * item.learning_rate_scale);
    after_step();
}

void Optimizer::zero_grad() {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> gradients;
    for (const auto& item : tensors_)
        if (item.tensor.grad().defined()) gradients.push_back(item.tensor.grad());
    if (!gradients.empty()) at::_foreach_zero_(gradients);
}

std::unique_ptr<Optimizer> Optimizer::make(const OptimizerSettings& settings, std::vector<OptimizedTensor> tensors) {
    if (settings.kind == "sgd") return std::make_unique<Sgd>(settings, std::move(tensors));
    if (settings.kind == "adam") return std::make_unique<Adam>(settings, std::move(tensors), Adam::Decay::coupled);
    if (settings.kind == "adamw") return std::make_unique<Adam>(settings, std::move(tensors), Adam::Decay::decoupled);
    throw Error(ExitCode::recipe, "unknown optimizer '" + settings.kind + "'", "known: sgd, adam, adamw");
}

}  // namespace dsqbench
