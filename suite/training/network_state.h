// A network's parameters and buffers as a safetensors file: the artefact of a finished run.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "suite/models/network.h"

namespace dsqbench {

// Parameters and buffers by name; the tensors share storage with the network.
std::map<std::string, at::Tensor> network_tensors(const Network& network);

// Whether a file may lack the quantizers' own tensors, as weights of an FP32 pre-training do.
enum class MissingQuantizerState { allowed, refused };

// All or nothing: throws Error(data) that lists every missing, unexpected and mismatched tensor, and then leaves the
// network as it was.
void load_weights(Network& network, const std::filesystem::path& path, MissingQuantizerState missing);

// The same for weights that other programs stored: halves are widened, quantizers' tensors may be missing, and so may
// counters of batches, which PyTorch did not store before 0.4.1 and nothing here reads.
void load_given_weights(Network& network, const std::filesystem::path& path);

void save_weights(const Network& network, const std::filesystem::path& path,
                  const std::map<std::string, std::string>& metadata);

// Copies `source` into the tensor of the same name; the same checks. `what` names the file in messages.
void restore_tensors(const std::map<std::string, at::Tensor>& targets, const std::map<std::string, at::Tensor>& source,
                     const std::string& what, MissingQuantizerState missing);

// Does the name belong to a quantizer ("layer1.0.conv1.weight_quantizer.alpha")?
bool is_quantizer_tensor(const std::string& name);

}  // namespace dsqbench
