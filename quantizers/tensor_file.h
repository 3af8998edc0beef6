// Tensors of LibTorch to and from tensors of a safetensors file (suite/core/safetensors.h), which knows no LibTorch.
#pragma once

#include <ATen/ATen.h>

#include "suite/core/safetensors.h"

namespace dsqbench {

// On the CPU, contiguous, owning its memory.
at::Tensor to_tensor(const StoredTensor& stored);

// From any device and layout. Throws Error(data) for an element type that the file format does not have.
StoredTensor to_stored(const at::Tensor& tensor);

// The tensor `name` of a file that `place` names; undefined when absent. Throws Error(data) where it is not F32 or F64,
// or not finite.
at::Tensor real_tensor(const TensorFile& file, const std::string& name, const std::string& place);

// Throws Error(data) where the tensor has not the model's shape and type.
void check_like(const at::Tensor& tensor, const at::Tensor& model, const std::string& name, const std::string& place);

}  // namespace dsqbench
