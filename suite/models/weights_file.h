// Weights from elsewhere: safetensors, a state_dict that PyTorch saved, or a TorchScript module, told apart by content.
#pragma once

#include <filesystem>
#include <string>

#include "suite/core/safetensors.h"

namespace dsqbench {

// Names and tensors alone. Throws Error(data) for anything else, and for a file of more than 4 GiB.
TensorFile read_weights_file(const std::filesystem::path& path);

// SHA-256 of names, types, shapes and values: the same for the same weights, whatever kind of file they came in.
std::string weights_id(const TensorFile& weights);

}  // namespace dsqbench
