#include "suite/models/convolution.h"

#include <torch/version.h>

namespace dsqbench {

namespace {

[[maybe_unused]] constexpr std::int64_t channel_block = 16;

std::int64_t missing_channels(const at::Tensor& weight) {
#if TORCH_VERSION_MAJOR >= 2
    if (weight.device().is_cpu() && weight.scalar_type() == at::kFloat)
        return (channel_block - weight.size(0) % channel_block) % channel_block;
#endif
    static_cast<void>(weight);
    return 0;
}

}  // namespace

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const ConvolutionSettings& settings) {
    const std::int64_t missing = missing_channels(weight);
    if (missing == 0) return at::conv2d(x, weight, {}, settings.stride, settings.padding);
    const at::Tensor filled = at::constant_pad_nd(weight, {0, 0, 0, 0, 0, 0, 0, missing});
    return at::conv2d(x, filled, {}, settings.stride, settings.padding).narrow(1, 0, weight.size(0));
}

}  // namespace dsqbench
