#include "quantizers/grid.h"

#include <stdexcept>
#include <vector>

#include "quantizers/fused.h"

namespace dsqbench {

at::Tensor Grid::levels(const at::Tensor& x) const {
    const at::Tensor warped = warp ? warp(x) : x;
    const at::Tensor position = (warped - broadcast_channels(offset, x)) / broadcast_channels(scale, x);
    return position.round_().clamp_(static_cast<double>(lowest), static_cast<double>(highest));
}

at::Tensor Grid::quantize(const at::Tensor& x) const {
    return levels(x).to(at::kInt);
}

// Codes below 2^24 are exact in float32, so that int32 codes and their floating-point levels give the same bits.
at::Tensor Grid::dequantize(const at::Tensor& codes) const {
    return broadcast_channels(offset, codes) + broadcast_channels(scale, codes) * codes.to(scale.scalar_type());
}

at::Tensor Grid::fake_quantize(const at::Tensor& x) const {
    if (!warp && is_fusable(x)) return fused_fake_quantize(x, *this);
    if (!warp && is_fusable_on_gpu(x, scale.numel())) return fake_quantize_on_gpu(x, *this);
    return dequantize(levels(x));
}

at::Tensor level_distance(const at::Tensor& extent, int bits) {
    const auto intervals = static_cast<double>((1 << bits) - 1);
    // By a number, LibTorch multiplies with its reciprocal on a GPU.
    return extent.is_cuda() ? extent / at::full_like(extent, intervals) : extent / intervals;
}

Grid make_grid(int bits, const at::Tensor& scale, const at::Tensor& offset) {
    Grid grid;
    grid.bits = bits;
    grid.highest = (std::int64_t{1} << bits) - 1;
    grid.scale = scale;
    grid.offset = offset;
    return grid;
}

at::Tensor broadcast_channels(const at::Tensor& values, const at::Tensor& x) {
    if (values.dim() == 0) return values;
    if (x.dim() == 0 || x.size(0) != values.size(0))
        throw std::invalid_argument("a quantizer of " + std::to_string(values.size(0)) +
                                    " channels met another number");
    std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
    shape[0] = values.size(0);
    return values.reshape(shape);
}

at::Tensor sum_to_channels(const at::Tensor& values, const at::Tensor& like) {
    return like.dim() == 0 ? values.sum() : values.reshape({like.size(0), -1}).sum(1);
}

}  // namespace dsqbench
