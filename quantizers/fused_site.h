// What a layer needs to quantize its input inside its own loops, with the values of one step.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <vector>

#include "quantizers/elementwise.h"

namespace dsqbench {

// What a layer knows of the tensor that will be quantized.
struct SiteInput {
    float lowest = 0, highest = 0;    // its extremes, which tracked ranges follow
    std::int64_t image_elements = 1;  // elements of one image
};

struct FusedSite {
    static constexpr std::size_t most_parameters = 3;

    std::shared_ptr<const ElementwisePass> pass;  // null: this quantizer works on whole tensors only
    std::vector<at::Tensor> parameters;           // that get gradients
    // Their gradients, from the sums of the backward pass.
    std::function<std::vector<float>(const ElementwisePass::Sums&)> gradients;
};

}  // namespace dsqbench
