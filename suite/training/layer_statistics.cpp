#include "suite/training/layer_statistics.h"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <optional>
#include <vector>

namespace dsqbench {

namespace {

// What passed through one site: the input, the quantized output, and after the backward pass the output's gradient.
struct Passage {
    at::Tensor input, output;
};

struct RecordingProbe : QuantizedLayer::Probe {
    std::map<const Quantizer*, Passage> passages;

    at::Tensor at_site(QuantizedLayer&, Quantizer& quantizer, const at::Tensor& x) override {
        at::Tensor y = quantizer.forward(x);
        if (y.requires_grad())
            y.retain_grad();
        else
            y.requires_grad_();
        passages[&quantizer] = {x.detach(), y};
        return y;
    }
};

double mean_square(const at::Tensor& x) {
    return x.square().mean().item<double>();
}

// null for what is undefined, as JSON has no NaN.
nlohmann::json finite_or_null(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
}

nlohmann::json cosine(const at::Tensor& a, const at::Tensor& b) {
    const double norms = std::sqrt(a.square().sum().item<double>() * b.square().sum().item<double>());
    return norms > 0 ? finite_or_null((a * b).sum().item<double>() / norms) : nlohmann::json();
}

// The quantizer's input gradient for the upstream gradient `upstream`, without touching anybody's .grad().
at::Tensor input_gradient(Quantizer& quantizer, const at::Tensor& input, const at::Tensor& upstream) {
    const at::Tensor leaf = input.clone().requires_grad_();
    const auto gradients = torch::autograd::grad({quantizer.forward(leaf)}, {leaf}, {upstream}, c10::nullopt,
                                                 /*create_graph=*/false, /*allow_unused=*/true);
    return gradients[0].defined() ? gradients[0] : at::zeros_like(input);
}

// The magnitudes of what `upstream` gives the learned range, summed over its parameters and channels; nullopt where
// none is learned.
std::optional<double> range_gradient(Quantizer& quantizer, const at::Tensor& input, const at::Tensor& upstream) {
    std::vector<at::Tensor> range;
    for (const auto& parameter : quantizer.named_parameters(/*recurse=*/false))
        if (parameter.key() == "l" || parameter.key() == "u" || parameter.key() == "clip")
            range.push_back(parameter.value());
    if (range.empty()) return std::nullopt;
    const auto gradients = torch::autograd::grad({quantizer.forward(input)}, range, {upstream}, c10::nullopt,
                                                 /*create_graph=*/false, /*allow_unused=*/true);
    double sum = 0;
    for (const auto& gradient : gradients)
        if (gradient.defined()) sum += gradient.abs().sum().item<double>();
    return sum;
}

// Of the learned range's gradient the part that comes from values outside it.
nlohmann::json outlier_gradient_share(Quantizer& quantizer, const at::Tensor& input, const at::Tensor& upstream,
                                      const at::Tensor& is_inside) {
    const auto inside = range_gradient(quantizer, input, upstream * is_inside),
               outside = range_gradient(quantizer, input, upstream * is_inside.logical_not());
    return inside && *inside + *outside > 0 ? finite_or_null(*outside / (*inside + *outside)) : nlohmann::json();
}

nlohmann::json site_statistics(Quantizer& quantizer, const Passage& passage) {
    nlohmann::json statistics = quantizer.state_summary();
    const Grid grid = quantizer.grid();
    const at::Tensor& x = passage.input;
    const at::Tensor reference = grid.warp ? grid.warp(x) : x;
    const at::Tensor low = broadcast_channels(grid.offset + grid.scale * grid.lowest, x);
    const at::Tensor high = broadcast_channels(grid.offset + grid.scale * grid.highest, x);
    const at::Tensor clipped = at::minimum(at::maximum(reference, low), high);
    statistics["clipping_error"] = finite_or_null(mean_square(reference - clipped));
    statistics["rounding_error"] = finite_or_null(mean_square(clipped - passage.output.detach()));
    statistics["surrogate_error"] = finite_or_null(mean_square(reference - quantizer.surrogate(x)));
    statistics["gradient_cosine"] = statistics["outlier_gradient_share"] = nullptr;
    const at::Tensor upstream = passage.output.grad();
    if (upstream.defined()) {
        const at::Tensor is_inside = reference.eq(clipped);
        statistics["gradient_cosine"] = cosine(input_gradient(quantizer, x, upstream), upstream * is_inside);
        statistics["outlier_gradient_share"] = outlier_gradient_share(quantizer, x, upstream, is_inside);
    }
    return statistics;
}

}  // namespace

nlohmann::json LayerStatistics::measure(Network& network, const Batch& batch) {
    RecordingProbe probe;
    const auto layers = network.layers();
    for (const auto& named : layers) named.layer->set_probe(&probe);
    const bool was_training = network.is_training();
    network.eval();
    at::cross_entropy_loss(network.forward(batch.images), batch.labels).backward();
    for (const auto& named : layers) named.layer->set_probe(nullptr);

    nlohmann::json all = nlohmann::json::array();
    for (const auto& named : layers) {
        nlohmann::json entry{{"layer", named.name}};
        if (const auto& quantizer = named.layer->weight_quantizer()) {
            const Passage& passage = probe.passages.at(quantizer.get());
            entry["weight"] = site_statistics(*quantizer, passage);
            const at::Tensor codes = quantizer->grid().quantize(passage.input).to(at::kShort);
            const auto before = codes_.find(named.name);
            entry["weight"]["code_flips"] = nullptr;
            if (before != codes_.end())
                entry["weight"]["code_flips"] =
                    codes.ne(before->second.to(codes.device())).to(at::kDouble).mean().item<double>();
            codes_[named.name] = codes;
        }
        if (const auto& quantizer = named.layer->activation_quantizer())
            entry["activation"] = site_statistics(*quantizer, probe.passages.at(quantizer.get()));
        if (entry.size() > 1) all.push_back(entry);
    }
    for (auto& parameter : network.parameters())
        if (parameter.grad().defined()) parameter.mutable_grad().zero_();
    network.train(was_training);
    return all;
}

}  // namespace dsqbench
