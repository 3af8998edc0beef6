// Requantize without a residual on AVX2, 32 channels of a pixel at once. The arithmetic is finish_lanes.h's, in its
// order; what the loop reads is copied into locals first, as in finish_real.cpp.
#include <limits>

#include "kernels/api/layout.h"
#include "kernels/x86/store_codes.h"

namespace dsqbench {
namespace {

constexpr int lanes = 8;
constexpr int group = 4 * lanes;

struct Requantizer {
    Requantizer(const FinishPlan& plan, const Requantize& requantize)
        : scale(plan.scale.data()),
          bias(plan.bias.data()),
          factors(plan.factors.data()),
          row_factors(plan.row_factors.data()),
          constants(plan.constants.data()),
          offset(requantize.offset),
          inverse_step(1.0F / requantize.step),
          highest(static_cast<float>((1 << requantize.bits) - 1)),
          lowest(requantize.rectifier == Rectifier::relu ? 0.0F : -std::numeric_limits<float>::infinity()) {}

    DSQBENCH_AVX2_INLINE __m256i codes(std::ptrdiff_t channel, const std::int32_t* sums, __m256i row_sum) const {
        const __m256i product = _mm256_mullo_epi32(load_256(sums), load_256(factors + channel));
        const __m256i row = _mm256_mullo_epi32(row_sum, load_256(row_factors + channel));
        const __m256i total = _mm256_add_epi32(_mm256_add_epi32(product, row), load_256(constants + channel));
        __m256 y = _mm256_add_ps(_mm256_mul_ps(_mm256_loadu_ps(scale + channel), _mm256_cvtepi32_ps(total)),
                                 _mm256_loadu_ps(bias + channel));
        y = _mm256_max_ps(_mm256_set1_ps(lowest), y);
        __m256 position = _mm256_mul_ps(_mm256_sub_ps(y, _mm256_set1_ps(offset)), _mm256_set1_ps(inverse_step));
        position = _mm256_min_ps(_mm256_set1_ps(highest), _mm256_max_ps(_mm256_setzero_ps(), position));
        return _mm256_cvtps_epi32(position);  // to nearest, ties to even
    }

    const float *scale, *bias;
    const std::int32_t *factors, *row_factors, *constants;
    float offset, inverse_step, highest, lowest;
};

}  // namespace

DSQBENCH_AVX2 void finish_requantized_avx2(const FinishPlan& plan, const FinishTask& task) {
    const Requantizer from(plan, *std::get_if<Requantize>(&plan.epilogue));
    const int bits = plan.bits, per_byte = codes_per_byte(bits);
    const std::ptrdiff_t stride = pixel_bytes(plan.out_channels, bits);
    auto* output = static_cast<std::uint8_t*>(task.buffers.output) + task.first_pixel * stride;
    const std::int32_t* sums = task.sums;
    for (int pixel = 0; pixel < task.pixels; ++pixel, sums += task.sums_stride, output += stride) {
        const __m256i row_sum = _mm256_set1_epi32(task.row_sums[pixel]);
        for (int channel = 0; channel + group <= task.channels; channel += group) {
            const int first = task.first_channel + channel;
            __m256i codes[4];
            for (int i = 0; i < 4; ++i) codes[i] = from.codes(first + lanes * i, sums + channel + lanes * i, row_sum);
            store_codes_of_group(codes, bits, output + first / per_byte);
        }
    }
}

}  // namespace dsqbench
