// LibTorch's convolution, kept from a defect of oneDNN in LibTorch 2.x.
#pragma once

#include <ATen/ATen.h>

namespace dsqbench {

struct ConvolutionSettings {
    std::int64_t in = 0, out = 0, kernel = 3, stride = 1, padding = 1;
    std::int64_t groups = 1;  // 1, or `in` == `out` of them: each channel on its own
};

// x: [N, in, H, W], weight: [out, in / groups, kernel, kernel]; returns [N, out, H', W']. Without bias.
//
// With LibTorch 2.6 and oneDNN 3.x on AVX2 the gradient of x reads memory that nobody wrote wherever `out` is no
// multiple of 16: NaN, or not, by what lay there before. The weight is therefore filled up with zero channels (and x as
// well, where each channel is on its own), which are cut off again, so that the gradient that comes back has written
// channels only. LibTorch 1.13 does not need it.
at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const ConvolutionSettings& settings);

}  // namespace dsqbench
