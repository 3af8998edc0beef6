#include "suite/training/calibration.h"

#include <ATen/core/grad_mode.h>

#include "suite/training/network_state.h"

namespace dsqbench {

namespace {

struct CalibrationProbe : QuantizedLayer::Probe {
    at::Tensor at_site(QuantizedLayer&, Quantizer& quantizer, const at::Tensor& x) override {
        quantizer.calibrate(x.detach());
        return x;
    }
};

}  // namespace

void calibrate(Network& network, const at::Tensor& images) {
    const at::NoGradGuard no_grad;
    std::map<std::string, at::Tensor> statistics;
    for (const auto& item : network.named_buffers())
        if (!is_quantizer_tensor(item.key())) statistics.emplace(item.key(), item.value().clone());
    CalibrationProbe probe;
    const auto layers = network.layers();
    for (const auto& named : layers) named.layer->set_probe(&probe);
    const bool was_training = network.is_training();
    network.train();
    network.forward(images);
    network.train(was_training);
    for (const auto& named : layers) named.layer->set_probe(nullptr);
    for (auto& item : network.named_buffers()) {
        const auto before = statistics.find(item.key());
        if (before != statistics.end()) item.value().copy_(before->second);
    }
}

}  // namespace dsqbench
