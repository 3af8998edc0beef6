#include "kernels/api/epilogue.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "kernels/api/error.h"

namespace dsqbench {
namespace {

void require_bits(int bits, const char* name) {
    if (bits < 1 || bits > 8)
        throw ShapeError(std::string(name) + " has " + std::to_string(bits) + " bits, must be 1 to 8");
}

void require_length(std::size_t length, std::size_t expected, const char* name) {
    if (length != expected)
        throw ShapeError(std::string(name) + " has " + std::to_string(length) + " entries, must have " +
                         std::to_string(expected));
}

void require_finite(const std::vector<float>& values, const char* name) {
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
        throw ShapeError(std::string(name) + " is not finite");
}

void validate_alternative(const KeepSums&, std::size_t) {}

void validate_alternative(const Thresholds& thresholds, std::size_t channels) {
    require_bits(thresholds.bits, "the output");
    require_length(thresholds.levels.size(), channels * ((std::size_t{1} << thresholds.bits) - 1), "thresholds");
    if (!thresholds.directions.empty()) require_length(thresholds.directions.size(), channels, "directions");
    // Falling channels are computed as rising ones of the negated sum.
    for (const std::int32_t level : thresholds.levels)
        if (level == std::numeric_limits<std::int32_t>::min()) throw ShapeError("a threshold is -2^31");
}

void validate_alternative(const Requantize& requantize, std::size_t channels) {
    require_bits(requantize.bits, "the output");
    require_length(requantize.scale.size(), channels, "scale");
    require_length(requantize.bias.size(), channels, "bias");
    require_finite(requantize.scale, "scale");
    require_finite(requantize.bias, "bias");
    require_finite({requantize.offset, requantize.step, 1.0F / requantize.step}, "the output's grid");
    if (!requantize.residual) return;
    require_bits(requantize.residual->type.bits, "the residual");
    require_finite({requantize.residual->scale}, "the residual's scale");
}

void validate_alternative(const RealNumbers& real, std::size_t channels) {
    require_length(real.scale.size(), channels, "scale");
    const int classes = real.classes.empty() ? 1 : *std::max_element(real.classes.begin(), real.classes.end()) + 1;
    require_length(real.bias.size(), channels * static_cast<std::size_t>(classes), "bias");
    if (!real.window_scale.empty()) require_length(real.window_scale.size(), channels, "window_scale");
    require_finite(real.scale, "scale");
    require_finite(real.bias, "bias");
    require_finite(real.window_scale, "window_scale");
    if (real.grids.size() > most_grids)
        throw ShapeError("there are " + std::to_string(real.grids.size()) + " grids, must be at most " +
                         std::to_string(most_grids));
    for (const RealGrid& grid : real.grids) {
        require_bits(grid.bits, "the output");
        require_finite({grid.offset, grid.step, 1.0F / grid.step}, "the output's grid");
    }
}

}  // namespace

int output_bits(const Epilogue& epilogue) {
    if (const auto* thresholds = std::get_if<Thresholds>(&epilogue)) return thresholds->bits;
    if (const auto* requantize = std::get_if<Requantize>(&epilogue)) return requantize->bits;
    return 32;
}

void validate(const Epilogue& epilogue, int out_channels) {
    const auto channels = static_cast<std::size_t>(out_channels);
    std::visit([channels](const auto& alternative) { validate_alternative(alternative, channels); }, epilogue);
}

}  // namespace dsqbench
