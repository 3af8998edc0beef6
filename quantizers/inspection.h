// A contender seen from outside: its curves, and its forward and backward pass on a tensor from a file.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "quantizers/quantizer.h"
#include "suite/core/safetensors.h"

namespace dsqbench {

struct CurveRequest {
    std::string name;
    QuantizerSettings settings;       // one range for the tensor
    std::optional<double> low, high;  // ends of the range; as fitted to standard-normal numbers when absent
    int points = 101;                 // 2 to 100,000
};

struct CurvePoint {
    double x = 0;
    std::optional<std::int64_t> code;  // none without a grid
    double y = 0, surrogate = 0, slope = 0;
};

struct Curve {
    nlohmann::json quantizer, state;  // describe(), state_summary()
    std::vector<CurvePoint>
        points;  // from a fifth of the range below it to a fifth above; [-3, 3] where the input is warped
};

// In evaluation mode. Throws Error(usage) for a request that cannot be met, Error(recipe) for settings.
Curve draw_curve(const CurveRequest& request);

// {"quantizer": ..., "state": ..., "x": [...], "code": [...], "y": [...], "surrogate": [...], "slope": [...]}
nlohmann::json as_json(const Curve& curve);

// One training step's view of the tensor `x` (F32 or F64) of `input`: the quantizer is calibrated on it, its parameters
// are replaced by tensors of their names if there are any (alpha, l, u, clip), and `g` (ones when absent) is sent
// backwards. The result holds `y`, `dx`, `codes` (I32), `scale`, `offset` and `grad.<parameter>`; no codes without a
// grid. Throws Error(data) at `place` for a missing x and for tensors of a wrong type or shape or that are not finite.
TensorFile apply_to_file(const std::string& name, const QuantizerSettings& settings, const TensorFile& input,
                         const std::string& place);

}  // namespace dsqbench
