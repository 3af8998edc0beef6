// Tensors out of PyTorch's zip files: a state_dict, plain or ordered, saved by torch.save(), and the parameters and
// buffers of a TorchScript module. Read as data, without LibTorch: no code of the file runs, neither its pickle nor its
// TorchScript.
#pragma once

#include <string>
#include <string_view>

#include "suite/core/safetensors.h"

namespace dsqbench {

// Names as torch's state_dict() gives them. Throws Error(data) at `place` for everything else that such a file may
// hold: other values beside tensors, other classes, far more bytes of tensors than the file's own.
TensorFile parse_torch_file(std::string_view bytes, const std::string& place);

}  // namespace dsqbench
