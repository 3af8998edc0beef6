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
    const auto run = [&](const at::Tensor& images, const at::Tensor& kernels, std::int64_t groups) {
        return at::conv2d(images, kernels, {}, settings.stride, settings.padding, /*dilation=*/1, groups);
    };
    if (missing == 0) return run(x, weight, settings.groups);
    const bool is_depthwise = settings.groups > 1;
    const at::Tensor kernels = at::constant_pad_nd(weight, {0, 0, 0, 0, 0, 0, 0, missing});
    const at::Tensor images = is_depthwise ? at::constant_pad_nd(x, {0, 0, 0, 0, 0, missing}) : x;
    return run(images, kernels, is_depthwise ? settings.groups + missing : 1).narrow(1, 0, weight.size(0));
}

}  // namespace dsqbench
