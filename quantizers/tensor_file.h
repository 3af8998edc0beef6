// Tensors of LibTorch to and from tensors of a safetensors file (suite/core/safetensors.h), which knows no LibTorch.
#pragma once

#include <ATen/ATen.h>

#include "suite/core/safetensors.h"

namespace dsqbench {

// On the CPU, contiguous, owning its memory.
at::Tensor to_tensor(const StoredTensor& stored);

// From any device and layout. Throws Error(data) for an element type that the file format does not have.
StoredTensor to_stored(const at::Tensor& tensor);

}  // namespace dsqbench
