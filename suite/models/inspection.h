// A network seen from outside: its forward and backward pass on images from a file.
#pragma once

#include <string>

#include "suite/core/safetensors.h"
#include "suite/models/network.h"

namespace dsqbench {

enum class NetworkMode { training, evaluation };

// One pass over the tensor `x` [N, C, S, S] (F32 or F64) of `input`, from which the number of channels and the image's
// size are taken; the network is the one that seed 0 starts with, in the type of x. `g` [N, classes] (ones when absent)
// is sent backwards. The result holds the logits `y`, `dx`, `grad.<parameter>`, and `state.<name>` for every parameter
// and buffer as it was before the pass. Throws Error(data) at `place` for a missing x and for tensors of a wrong type
// or shape or that are not finite.
TensorFile apply_network(const std::string& model, ModelSettings settings, NetworkMode mode, const TensorFile& input,
                         const std::string& place);

}  // namespace dsqbench
