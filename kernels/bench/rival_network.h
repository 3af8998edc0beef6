// Other libraries running a whole network of the same shapes, with what they fuse themselves. Values change no time, so
// floats are alike everywhere: images and biases 0.25, a layer's weights 0.5 over the number that makes an output.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/bench/network_shape.h"
#include "kernels/bench/rival.h"

namespace dsqbench {

struct NetworkSetting {
    int batch = 1;
    RivalLimits limits = {};
};

struct PreparedNetwork {
    std::function<void()> run;  // owns everything; weights are packed
    std::vector<std::string> steps = {};
    std::function<void(std::size_t)> run_step = {};   // one of them, in order
    std::size_t weight_bytes = 0;                     // as packed
    std::function<std::vector<float>()> logits = {};  // of the last run, [batch, classes]
    std::string refusal = {};                         // why it cannot; run is empty then
};

struct RivalNetwork {
    static constexpr const char* kind = "rival network";
    Arithmetic arithmetic = Arithmetic::f32;
    std::string summary;
    std::string version;  // of the library
    PreparedNetwork (*prepare)(const NetworkShape&, const NetworkSetting&) = nullptr;
};

using RivalNetworkRegistry = Registry<RivalNetwork>;
using RivalNetworkRegistration = Registration<RivalNetwork>;  // name: "<library>/<operator>"

}  // namespace dsqbench
