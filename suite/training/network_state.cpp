#include "suite/training/network_state.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "quantizers/tensor_file.h"
#include "suite/core/safetensors.h"
#include "suite/core/text.h"

namespace dsqbench {

namespace {

std::map<std::string, at::Tensor> tensors_of(const std::filesystem::path& path) {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [name, stored] : read_safetensors(path).tensors) tensors.emplace(name, to_tensor(stored));
    return tensors;
}

// "Float [64, 3, 7, 7]"
std::string kind_of(const at::Tensor& tensor) {
    return fmt::format("{} [{}]", at::toString(tensor.scalar_type()), fmt::join(tensor.sizes().vec(), ", "));
}

// The differences between what is wanted and what is there, one clause a tensor.
std::vector<std::string> differences(const std::map<std::string, at::Tensor>& targets,
                                     const std::map<std::string, at::Tensor>& source, MissingQuantizerState missing) {
    std::vector<std::string> found;
    for (const auto& [name, target] : targets) {
        const auto position = source.find(name);
        if (position == source.end()) {
            if (missing == MissingQuantizerState::refused || !is_quantizer_tensor(name))
                found.push_back("missing " + name);
        } else if (position->second.sizes() != target.sizes() ||
                   position->second.scalar_type() != target.scalar_type()) {
            found.push_back(fmt::format("mismatched {}: {}, not {}", name, kind_of(position->second), kind_of(target)));
        }
    }
    for (const auto& item : source)
        if (targets.count(item.first) == 0) found.push_back("unexpected " + item.first);
    return found;
}

}  // namespace

bool is_quantizer_tensor(const std::string& name) {
    return name.find("weight_quantizer.") != std::string::npos ||
           name.find("activation_quantizer.") != std::string::npos;
}

std::map<std::string, at::Tensor> network_tensors(const Network& network) {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& item : network.named_parameters()) tensors.emplace(item.key(), item.value().detach());
    for (const auto& item : network.named_buffers()) tensors.emplace(item.key(), item.value());
    return tensors;
}

void restore_tensors(const std::map<std::string, at::Tensor>& targets, const std::map<std::string, at::Tensor>& source,
                     const std::string& what, MissingQuantizerState missing) {
    const auto found = differences(targets, source, missing);
    if (!found.empty()) throw Error(ExitCode::data, "does not fit the network: " + join(found, ", "), {}, what);
    const at::NoGradGuard no_grad;
    for (const auto& [name, tensor] : source) at::Tensor(targets.at(name)).copy_(tensor);
}

void load_weights(Network& network, const std::filesystem::path& path, MissingQuantizerState missing) {
    restore_tensors(network_tensors(network), tensors_of(path), path.string(), missing);
}

void load_given_weights(Network& network, const std::filesystem::path& path) {
    const auto targets = network_tensors(network);
    auto source = tensors_of(path);
    for (auto& [name, tensor] : source)
        if (tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16) tensor = tensor.to(at::kFloat);
    for (const auto& [name, target] : targets)
        if (name.ends_with(".num_batches_tracked")) source.emplace(name, target);
    restore_tensors(targets, source, path.string(), MissingQuantizerState::allowed);
}

void save_weights(const Network& network, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata) {
    TensorFile file;
    file.metadata = metadata;
    for (const auto& [name, tensor] : network_tensors(network)) file.tensors.emplace(name, to_stored(tensor));
    write_safetensors(path, file);
}

}  // namespace dsqbench
