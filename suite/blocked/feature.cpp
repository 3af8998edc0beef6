#include "suite/blocked/feature.h"

#include <algorithm>

#include "quantizers/autocast.h"
#include "suite/blocked/instruction_set.h"
#include "suite/blocked/plan.h"

namespace dsqbench::blocked {

bool is_usable(const at::Tensor& images) {
    const bool is_plain_float = images.device().is_cpu() && images.scalar_type() == at::kFloat && images.dim() == 4 &&
                                images.suggest_memory_format() == at::MemoryFormat::Contiguous;
    return instruction_set() != InstructionSet::none && is_plain_float && images.numel() > 0 && !is_autocast(at::kCPU);
}

Feature block_images(const at::Tensor& images) {
    const std::int64_t blocks = (images.size(1) + block - 1) / block;
    const at::Tensor padded = at::constant_pad_nd(images.detach(), {0, 0, 0, 0, 0, blocks * block - images.size(1)});
    Feature feature;
    feature.values = padded.view({images.size(0), blocks, block, images.size(2), images.size(3)})
                         .permute({0, 1, 3, 4, 2})
                         .contiguous();
    return feature;
}

// The operations of normalise(), which are monotone: the extremes of its results, to the bit.
ChannelExtremes normalised_extremes(const Feature& feature) {
    ChannelExtremes found = *feature.extremes;
    const bool is_scaled = feature.scale.defined();
    const at::Tensor scale = is_scaled ? feature.scale.detach().contiguous() : at::Tensor();
    const at::Tensor shift = is_scaled ? feature.shift.detach().contiguous() : at::Tensor();
    for (std::size_t c = 0; c < found.lowest.size(); ++c) {
        float &low = found.lowest[c], &high = found.highest[c];
        if (is_scaled) {
            low = low * scale.data_ptr<float>()[c] + shift.data_ptr<float>()[c];
            high = high * scale.data_ptr<float>()[c] + shift.data_ptr<float>()[c];
        }
        if (low > high) std::swap(low, high);
        if (feature.rectified == Rectified::yes) {
            low = std::max(low, 0.0F);
            high = std::max(high, 0.0F);
        }
    }
    return found;
}

SiteInput site_input(const Feature& feature) {
    SiteInput input;
    input.image_elements = feature.values.numel() / feature.values.size(0);
    if (feature.extremes == nullptr) return input;
    const ChannelExtremes of_channels = normalised_extremes(feature);
    input.lowest = *std::min_element(of_channels.lowest.begin(), of_channels.lowest.end());
    input.highest = *std::max_element(of_channels.highest.begin(), of_channels.highest.end());
    return input;
}

}  // namespace dsqbench::blocked
