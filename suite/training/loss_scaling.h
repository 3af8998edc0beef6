// Loss scaling for float16, whose smallest number is 6e-8 (Micikevicius et al. 2018, section 3.2): gradients of a loss
// times `scale` are divided by it again; where one has overflowed, the step is left out and the scale halved.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "suite/models/network.h"
#include "suite/training/trick.h"

namespace dsqbench {

class LossScaling {
public:
    // Of PyTorch's GradScaler, as are the factors below.
    static constexpr double default_scale = 65536;

    // A power of two from 1 to 2^127, the largest of float32, so that dividing is exact.
    static bool is_scale(double value);

    explicit LossScaling(double scale = default_scale);

    double scale() const;
    // Divides the parameters' gradients by the scale and chooses the next one. At a scale of 1 the step is made
    // whatever they are: they have overflowed by themselves, and the loss of the next step will say so.
    StepChoice divide_gradients(Network& network);
    std::map<std::string, at::Tensor> state() { return {{"scale", scale_}, {"steps", steps_}}; }

private:
    at::Tensor scale_;                             // float64
    at::Tensor steps_ = at::zeros({}, at::kLong);  // made since the scale last changed
};

}  // namespace dsqbench
