// Quantizers get their first ranges from the initial weights and from one batch of training images.
#pragma once

#include "suite/models/network.h"

namespace dsqbench {

// Runs `images` through the network unquantized, with batch statistics, and calibrates every quantizer with what
// reaches it. Batch-norm's running statistics stay as they were.
void calibrate(Network& network, const at::Tensor& images);

}  // namespace dsqbench
