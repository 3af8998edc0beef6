// SGD with momentum, Adam and AdamW, by torch.optim's formulas, over named tensors: the state is named too, so that a
// checkpoint holds it and a resumed run continues to the bit. Tested against torch::optim.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dsqbench {

struct OptimizerSettings {
    std::string kind = "sgd";  // "sgd", "adam", "adamw"
    double momentum = 0.9;
    bool nesterov = true;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
};

struct OptimizedTensor {
    std::string name;
    at::Tensor tensor;  // a leaf that requires a gradient
    double weight_decay = 0;
    double learning_rate_scale = 1;
};

class Optimizer {
public:
    virtual ~Optimizer() = default;

    // Uses and keeps the tensors' gradients; a tensor without one is left alone.
    void step(double learning_rate);
    void zero_grad();

    // By name: "momentum.conv1.weight". Tensors share storage with the optimizer: copy_ into them to restore.
    std::map<std::string, at::Tensor> state() const { return state_; }

    static std::unique_ptr<Optimizer> make(const OptimizerSettings& settings, std::vector<OptimizedTensor> tensors);

protected:
    explicit Optimizer(std::vector<OptimizedTensor> tensors) : tensors_(std::move(tensors)) {}

    // A tensor of zeros like `item`, under "<slot>.<item.name>".
    at::Tensor slot(const std::string& name, const OptimizedTensor& item);
    virtual void before_step() {}
    virtual void after_step() {}
    virtual void update(const OptimizedTensor& item, at::Tensor gradient, double learning_rate) = 0;

    std::vector<OptimizedTensor> tensors_;
    std::map<std::string, at::Tensor> state_;
};

}  // namespace dsqbench
