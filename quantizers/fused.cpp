#include "quantizers/fused.h"

#if DSQBENCH_CUDA_PASSES
#include <c10/cuda/CUDAStream.h>
#endif

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

bool is_fusable_on_gpu(const at::Tensor& x, std::int64_t channels) {
    return has_cuda_passes && x.device().is_cuda() && x.scalar_type() == at::kFloat &&
           (channels == 1 ? x.is_non_overlapping_and_dense() : x.is_contiguous());
}

cuda::Elements detail::gpu_elements(const at::Tensor& x, std::int64_t channels) {
#if DSQBENCH_CUDA_PASSES
    void* const stream = c10::cuda::getCurrentCUDAStream(x.device().index());
#else
    void* const stream = nullptr;
#endif
    return {x.data_ptr<float>(), channels, x.numel() / channels, stream};
}

at::Tensor detail::in_layout_of(const at::Tensor& x, const at::Tensor& upstream) {
    return upstream.strides() == x.strides() ? upstream : at::empty_like(x).copy_(upstream);
}

at::Tensor fake_quantize_on_gpu(const at::Tensor& x, const Grid& grid) {
    const c10::OptionalDeviceGuard on_its_device(x.device());
    at::Tensor y = at::empty_like(x);
    const at::Tensor offset = grid.offset.contiguous(), scale = grid.scale.contiguous();
    broadcast_channels(scale, x);  // checks the number of channels
    const cuda::Staircases stairs{nullptr, nullptr, offset.data_ptr<float>(), scale.data_ptr<float>(),
                                  static_cast<float>(grid.highest)};
    if constexpr (has_cuda_passes)
        cuda::fake_quantize(detail::gpu_elements(x, scale.numel()), stairs, y.data_ptr<float>());
    return y;
}

Range valid_range_on_gpu(const Range& range) {
    const c10::OptionalDeviceGuard on_its_device(range.l.device());
    const Range valid{at::empty_like(range.l), at::empty_like(range.u)};
    const cuda::Elements elements = detail::gpu_elements(range.l, 1);
    if constexpr (has_cuda_passes)
        cuda::valid_ranges(elements.x, range.u.data_ptr<float>(), elements.count, elements.stream,
                           valid.l.data_ptr<float>(), valid.u.data_ptr<float>());
    return valid;
}

}  // namespace dsqbench
