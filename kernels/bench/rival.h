// Other libraries' kernels for the same layer. Each library is a folder beside this one with a CMake option; its
// operators register themselves.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels/api/instruction_set.h"
#include "kernels/api/shape.h"
#include "suite/core/registry.h"

namespace dsqbench {

// What the operator computes with.
enum class Arithmetic { f32, int8 };

// What a rival may use. A library that cannot be held to `allowed` refuses, rather than run with more.
struct RivalLimits {
    std::optional<InstructionSets> allowed;  // unset: whatever it likes best
    int threads = 1;

    // Whether it must do without what this processor has beyond AVX2.
    bool excludes_avx512() const;
};

struct PreparedRival {
    std::function<void()> run;   // owns everything; weights are packed
    std::string implementation;  // the library's own name of what runs, "" where it has none
    std::string refusal;         // why it cannot run this layer; run is empty then
};

struct RivalOperator {
    static constexpr const char* kind = "rival";
    Arithmetic arithmetic = Arithmetic::f32;
    std::string summary;  // "convolution of unsigned by signed bytes to unsigned bytes"
    std::string version;  // of the library
    PreparedRival (*prepare)(const ConvolutionShape&, const RivalLimits&) = nullptr;
};

using RivalRegistry = Registry<RivalOperator>;
using RivalRegistration = Registration<RivalOperator>;  // name: "<library>/<operator>"

struct MissingRival {
    std::string library, reason;
};

// Libraries that this build was made without.
std::vector<MissingRival> missing_rivals();

}  // namespace dsqbench
