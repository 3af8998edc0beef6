#include "quantizers/fused.h"

#include <algorithm>

namespace dsqbench {

namespace {

struct LinearGrid {
    float offset, scale, highest;
};

DSQBENCH_INLINE Lanes nearest_level(const Lanes& x, const LinearGrid& grid) {
    // Clamped before rounding, which needs small numbers: the bounds are integers, so the order does not matter.
    const Lanes code = round_lanes(clamp_lanes((x - grid.offset) / grid.scale, 0, grid.highest));
    return grid.offset + grid.scale * code;
}

DSQBENCH_INLINE void quantize_body(const float* x, std::int64_t count, const LinearGrid& grid, float* y) {
    std::int64_t i = 0;
    for (; i + lane_count <= count; i += lane_count) store_lanes(y + i, nearest_level(load_lanes(x + i), grid));
    if (i == count) return;
    float last[lane_count] = {};
    std::copy_n(x + i, count - i, last);
    store_lanes(last, nearest_level(load_lanes(last), grid));
    std::copy_n(last, count - i, y + i);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] void quantize_avx2(const float* x, std::int64_t count, const LinearGrid& grid, float* y) {
    quantize_body(x, count, grid, y);
}
#endif

void quantize(const float* x, std::int64_t count, const LinearGrid& grid, float* y) {
#if defined(__x86_64__)
    if (has_avx2()) return quantize_avx2(x, count, grid, y);
#endif
    quantize_body(x, count, grid, y);
}

}  // namespace

bool has_avx2() {
#if defined(__x86_64__)
    static const bool available = __builtin_cpu_supports("avx2") != 0;
    return available;
#else
    return false;
#endif
}

bool is_fusable(const at::Tensor& x) {
    return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous();
}

at::Tensor fused_fake_quantize(const at::Tensor& x, const Grid& grid) {
    const at::Tensor y = at::empty_like(x);
    const at::Tensor offset = grid.offset.contiguous(), scale = grid.scale.contiguous();
    broadcast_channels(scale, x);  // checks the number of channels
    const std::int64_t channels = scale.numel(), count = x.numel() / channels;
    for (std::int64_t c = 0; c < channels; ++c)
        quantize(x.data_ptr<float>() + c * count, count,
                 {offset.data_ptr<float>()[c], scale.data_ptr<float>()[c], static_cast<float>(grid.highest)},
                 y.data_ptr<float>() + c * count);
    return y;
}

}  // namespace dsqbench
