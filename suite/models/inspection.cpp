#include "suite/models/inspection.h"

#include "quantizers/tensor_file.h"
#include "suite/core/error.h"

namespace dsqbench {

namespace {

at::Tensor images_of(const TensorFile& input, const std::string& place) {
    const at::Tensor x = real_tensor(input, "x", place);
    if (!x.defined()) throw Error(ExitCode::data, "there is no tensor 'x'", "store the images under this name", place);
    if (x.dim() != 4 || x.numel() == 0 || x.size(2) != x.size(3))
        throw Error(ExitCode::data, "tensor 'x' holds no square images", "[N, C, S, S]", place);
    return x;
}

// Module::to() would make real numbers of the counters as well.
void convert(torch::nn::Module& network, at::ScalarType type) {
    for (auto& tensors : {network.parameters(), network.buffers()})
        for (at::Tensor tensor : tensors)
            if (tensor.is_floating_point()) tensor.set_data(tensor.to(type));
}

void add_state(torch::nn::Module& network, TensorFile& output) {
    for (const auto& parameter : network.named_parameters())
        output.tensors["state." + parameter.key()] = to_stored(parameter.value().detach());
    for (const auto& buffer : network.named_buffers())
        output.tensors["state." + buffer.key()] = to_stored(buffer.value());
}

}  // namespace

TensorFile apply_network(const std::string& model, ModelSettings settings, NetworkMode mode, const TensorFile& input,
                         const std::string& place) {
    const at::Tensor x = images_of(input, place);
    settings.in_channels = x.size(1);
    settings.image_size = x.size(2);
    const auto network = make_network(model, settings, /*seed=*/0);
    convert(*network, x.scalar_type());
    network->train(mode == NetworkMode::training);

    TensorFile output;
    add_state(*network, output);
    const at::Tensor leaf = x.clone().requires_grad_();
    const at::Tensor y = network->forward(leaf);
    at::Tensor upstream = real_tensor(input, "g", place);
    if (!upstream.defined()) upstream = at::ones_like(y);
    check_like(upstream, y, "g", place);
    y.backward(upstream);

    output.metadata["model"] = model;
    output.tensors["y"] = to_stored(y.detach());
    output.tensors["dx"] = to_stored(leaf.grad());
    for (const auto& parameter : network->named_parameters())
        if (parameter.value().grad().defined())
            output.tensors["grad." + parameter.key()] = to_stored(parameter.value().grad());
    return output;
}

}  // namespace dsqbench
