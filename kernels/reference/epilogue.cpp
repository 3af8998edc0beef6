#include "kernels/reference/epilogue.h"

#include <algorithm>
#include <cmath>

namespace dsqbench {

int reference_code(const Thresholds& thresholds, int channel, std::int32_t sum) {
    const int count = (1 << thresholds.bits) - 1;
    const auto c = static_cast<std::size_t>(channel);
    const bool falling = !thresholds.directions.empty() && thresholds.directions[c] == Direction::falling;
    const std::int32_t* levels = thresholds.levels.data() + std::ptrdiff_t{channel} * count;
    int code = 0;
    for (int i = 0; i < count; ++i) code += falling ? sum <= levels[i] : sum >= levels[i];
    return code;
}

int reference_code(const Requantize& requantize, int channel, std::int32_t sum, int residual_code) {
    const auto c = static_cast<std::size_t>(channel);
    float y = requantize.scale[c] * static_cast<float>(sum) + requantize.bias[c];
    if (requantize.residual)
        y += requantize.residual->scale * static_cast<float>(requantize.residual->type.value(residual_code));
    if (requantize.rectifier == Rectifier::relu) y = std::max(y, 0.0F);
    const float position = (y - requantize.offset) * (1.0F / requantize.step);
    const auto highest = static_cast<float>((1 << requantize.bits) - 1);
    return static_cast<int>(std::nearbyint(std::clamp(position, 0.0F, highest)));
}

float reference_real(const RealNumbers& real, int channel, std::int64_t pixel, std::int32_t sum,
                     std::int32_t window_sum, float shortcut) {
    const auto c = static_cast<std::size_t>(channel);
    const std::size_t kind = real.classes.empty() ? 0 : real.classes[static_cast<std::size_t>(pixel)];
    float y = real.scale[c] * static_cast<float>(sum) + real.bias[kind * real.scale.size() + c];
    if (!real.window_scale.empty()) y += real.window_scale[c] * static_cast<float>(window_sum);
    if (real.shortcut == Shortcut::added) y += shortcut;
    return real.rectifier == Rectifier::relu ? std::max(y, 0.0F) : y;
}

int reference_code(const RealGrid& grid, float value) {
    const auto highest = static_cast<float>((1 << grid.bits) - 1);
    return static_cast<int>(std::nearbyint(std::clamp((value - grid.offset) / grid.step, 0.0F, highest)));
}

}  // namespace dsqbench
