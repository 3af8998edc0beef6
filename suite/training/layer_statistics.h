// What a run records of every quantization site: where the error comes from, what the soft function would have done,
// how the gradient differs from straight-through, and how many weight codes flipped.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "suite/data/loader.h"
#include "suite/models/network.h"

namespace dsqbench {

class LayerStatistics {
public:
    // Measures on one batch in evaluation mode, with the cross-entropy as the loss; parameters, buffers and gradients
    // are as before afterwards. An array, one object a layer that has a quantizer:
    //   {"layer": "layer1.0.conv1", "weight": {...}, "activation": {...}}, and in each site
    //   the quantizer's state (alpha, l, u, ...),
    //   clipping_error, rounding_error: mean squared error of the values outside and inside the grid's range, which
    //     add up to the quantization error; where a quantizer warps its input (DoReFa's tanh) against the warped input
    //   surrogate_error: the same, had the forward pass used the soft function (eq. 5 of Gong et al. 2019)
    //   gradient_cosine: between the quantizer's input gradient and straight-through's (the upstream gradient inside
    //     the range, 0 outside); null where either is zero
    //   outlier_gradient_share: of the gradient of l, u or clip (magnitudes, summed) the part from values outside the
    //     range, which section 3.4 of Gong et al. 2019 sets against the clipping error; null where no range is learned
    //   code_flips (weights): share of the codes that differ from the last measurement; null the first time
    nlohmann::json measure(Network& network, const Batch& batch);

    // The codes of the last measurement, for checkpoints: by layer, int16.
    const std::map<std::string, at::Tensor>& codes() const { return codes_; }
    void restore(std::map<std::string, at::Tensor> codes) { codes_ = std::move(codes); }

private:
    std::map<std::string, at::Tensor> codes_;
};

}  // namespace dsqbench
