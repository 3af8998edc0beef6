#include "quantizers/fused.h"

namespace dsqbench {

bool has_avx2() {
#if defined(__x86_64__)
    static const bool available = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    return available;
#else
    return false;
#endif
}

bool has_avx512() {
#if defined(__x86_64__)
    static const bool available = __builtin_cpu_supports("avx512f") != 0;
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
    for (std::int64_t c = 0; c < channels; ++c) {
        const ScalarStaircase stairs{0, 0, offset.data_ptr<float>()[c], scale.data_ptr<float>()[c],
                                     static_cast<float>(grid.highest)};
        apply_value(OnStaircase{stairs}, x.data_ptr<float>() + c * count, count, y.data_ptr<float>() + c * count);
    }
    return y;
}

}  // namespace dsqbench
