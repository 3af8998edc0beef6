// Activations between the layers of a network in the blocked layout, and the layers' differentiable functions.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "quantizers/fused_site.h"
#include "suite/blocked/channel_passes.h"

namespace dsqbench::blocked {

// Of every channel; no gradient.
struct ChannelExtremes {
    std::vector<float> lowest, highest;
};

// What a layer computes with is normalise(values): batch normalisation and ReLU are left to the layer that reads them.
struct Feature {
    at::Tensor values;        // [N, C / 8, H, W, 8], float32, contiguous
    at::Tensor scale, shift;  // [C]; undefined: no normalisation
    Rectified rectified = Rectified::no;
    std::shared_ptr<const ChannelExtremes> extremes;  // of `values`

    std::int64_t channels() const { return values.size(1) * values.size(4); }
};

// Can tensors like this one pass through these layers on this machine? float32, contiguous, on the CPU; not under
// autocast, whose other type they do not have.
bool is_usable(const at::Tensor& images);

// [N, C, H, W] -> blocked, with channels of zeros up to a multiple of 8. No gradient.
Feature block_images(const at::Tensor& images);

// The smallest and largest element of normalise(values) of every channel. Needs `extremes`.
ChannelExtremes normalised_extremes(const Feature& feature);
// What a quantizer of normalise(values) needs to know; extremes of 0 without `extremes`.
SiteInput site_input(const Feature& feature);

// normalise(values) as values of their own.
Feature materialise(const Feature& feature);

// Convolution without bias; padding 1 for 3x3, none for 1x1.
struct ConvolutionLayer {
    std::int64_t stride = 1;
    bool measures = true;  // mean, variance and extremes of the output
    FusedSite site;        // quantizes normalise(values); a null pass: none
};
struct Convolved {
    at::Tensor values;
    at::Tensor mean, variance;  // [C], biased, differentiable; undefined without measuring
    std::shared_ptr<const ChannelExtremes> extremes;
};
// `weight`: [out, in, k, k]; `in` may lack the channels of zeros of block_images(). Channels are multiples of 8.
Convolved convolution(const Feature& input, const at::Tensor& weight, const ConvolutionLayer& layer);

// relu(normalise(branch) + normalise(shortcut)), neither rectified.
Feature join(const Feature& branch, const Feature& shortcut);

}  // namespace dsqbench::blocked
