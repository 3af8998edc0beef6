// Thresholds on AVX2, 32 channels at once; real numbers are in finish_real.cpp, and every other epilogue, and what
// channels are left, is finish_lanes.h compiled for AVX2.
#include "kernels/portable/finish_lanes.h"
#include "kernels/x86/store_codes.h"

namespace dsqbench {
namespace {

constexpr int group = 32;

DSQBENCH_AVX2_INLINE __m256i total(const FinishPlan& plan, std::ptrdiff_t channel, const std::int32_t* sums,
                                   __m256i row_sum) {
    const __m256i product = _mm256_mullo_epi32(load_256(sums), load_256(plan.factors.data() + channel));
    const __m256i row = _mm256_mullo_epi32(row_sum, load_256(plan.row_factors.data() + channel));
    return _mm256_add_epi32(_mm256_add_epi32(product, row), load_256(plan.constants.data() + channel));
}

// The code less its maximum: -1 for every threshold above the total.
DSQBENCH_AVX2_INLINE __m256i missed(const FinishPlan& plan, std::ptrdiff_t channel, __m256i sum) {
    __m256i count = _mm256_setzero_si256();
    const std::int32_t* level = plan.levels.data() + channel;
    for (int i = (1 << plan.bits) - 1; i > 0; --i, level += plan.padded_channels)
        count = _mm256_add_epi32(count, _mm256_cmpgt_epi32(load_256(level), sum));
    return count;
}

// Bytes of 32 channels, packed within 128-bit halves: channels 0 .. 3, 8 .. 11, 16 .. 19, 24 .. 27 in the lower half,
// the others in the upper one.
DSQBENCH_AVX2_INLINE __m256i missed_bytes(const FinishPlan& plan, const FinishTask& task, int pixel, int channel) {
    const std::int32_t* sums = task.sums + pixel * task.sums_stride + channel;
    const __m256i row_sum = _mm256_set1_epi32(task.row_sums[pixel]);
    const std::ptrdiff_t first = task.first_channel + channel;
    const __m256i a = missed(plan, first, total(plan, first, sums, row_sum));
    const __m256i b = missed(plan, first + 8, total(plan, first + 8, sums + 8, row_sum));
    const __m256i c = missed(plan, first + 16, total(plan, first + 16, sums + 16, row_sum));
    const __m256i d = missed(plan, first + 24, total(plan, first + 24, sums + 24, row_sum));
    return _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
}

template <int bits>
DSQBENCH_AVX2_INLINE void store_codes(const FinishPlan& plan, __m256i missed, std::uint8_t* output) {
    if constexpr (bits == 1)
        store_one_bit(missed, output);
    else if constexpr (bits == 2)
        store_two_bits(missed, output);
    else
        store_bytes(missed, (1 << plan.bits) - 1, output);
}

// 32 channels of one pixel with folded thresholds; bytes as missed_bytes(). `row`: the part of the pixel's row sum.
template <int bits, bool falling, bool has_rows>
DSQBENCH_AVX2_INLINE __m256i missed_folded(const FinishPlan& plan, std::ptrdiff_t channel, const std::int32_t* sums,
                                           __m256i row) {
    __m256i sum[4];
    for (int i = 0; i < 4; ++i) {
        sum[i] = load_256(sums + 8 * i);
        if (has_rows) sum[i] = _mm256_add_epi32(_mm256_mullo_epi32(sum[i], _mm256_set1_epi32(plan.folded.scale)), row);
        if (falling) sum[i] = _mm256_xor_si256(sum[i], load_256(plan.folded.masks.data() + channel + 8 * i));
        sum[i] = _mm256_sub_epi32(sum[i], load_256(plan.folded.bases.data() + channel + 8 * i));
    }
    const __m256i lower = _mm256_packs_epi32(sum[0], sum[1]);
    const __m256i upper = _mm256_packs_epi32(sum[2], sum[3]);
    __m256i lower_missed = _mm256_setzero_si256(), upper_missed = _mm256_setzero_si256();
    const std::int16_t* level = plan.folded.levels.data() + channel;
    for (int i = (1 << (bits > 2 ? plan.bits : bits)) - 1; i > 0; --i, level += plan.padded_channels) {
        lower_missed = _mm256_add_epi16(lower_missed, _mm256_cmpgt_epi16(load_256(level), lower));
        upper_missed = _mm256_add_epi16(upper_missed, _mm256_cmpgt_epi16(load_256(level + 16), upper));
    }
    return _mm256_packs_epi16(lower_missed, upper_missed);
}

template <int bits, bool falling, bool has_rows>
DSQBENCH_AVX2 void finish_folded(const FinishPlan& plan, const FinishTask& task) {
    const std::ptrdiff_t stride = pixel_bytes(plan.out_channels, plan.bits);
    auto* output = static_cast<std::uint8_t*>(task.buffers.output) + task.first_pixel * stride +
                   task.first_channel / codes_per_byte(plan.bits);
    const std::int32_t* sums = task.sums;
    for (int pixel = 0; pixel < task.pixels; ++pixel, output += stride, sums += task.sums_stride) {
        const __m256i row = _mm256_set1_epi32(has_rows ? plan.folded.row_factor * task.row_sums[pixel] : 0);
        for (int channel = 0; channel + group <= task.channels; channel += group)
            store_codes<bits>(
                plan, missed_folded<bits, falling, has_rows>(plan, task.first_channel + channel, sums + channel, row),
                output + channel / codes_per_byte(bits));
    }
}

template <int bits>
DSQBENCH_AVX2 void finish_thresholds(const FinishPlan& plan, const FinishTask& task) {
    const std::ptrdiff_t stride = pixel_bytes(plan.out_channels, plan.bits);
    for (int pixel = 0; pixel < task.pixels; ++pixel) {
        auto* output = static_cast<std::uint8_t*>(task.buffers.output) + (task.first_pixel + pixel) * stride +
                       task.first_channel / codes_per_byte(plan.bits);
        for (int channel = 0; channel + group <= task.channels; channel += group) {
            store_codes<bits>(plan, missed_bytes(plan, task, pixel, channel), output + channel / codes_per_byte(bits));
        }
    }
}

template <int bits>
void finish_either(const FinishPlan& plan, const FinishTask& task) {
    const FoldedThresholds& folded = plan.folded;
    if (!folded.usable) return finish_thresholds<bits>(plan, task);
    if (folded.has_rows)
        return folded.falling ? finish_folded<bits, true, true>(plan, task)
                              : finish_folded<bits, false, true>(plan, task);
    return folded.falling ? finish_folded<bits, true, false>(plan, task)
                          : finish_folded<bits, false, false>(plan, task);
}

}  // namespace

DSQBENCH_AVX2 void finish_avx2(const FinishPlan& plan, const FinishTask& task) {
    FinishTask rest = task;
    const bool is_real = std::holds_alternative<RealNumbers>(plan.epilogue);
    // Counts of up to 127 fit a signed byte: seven bits.
    const bool is_counted = std::holds_alternative<Thresholds>(plan.epilogue) && plan.bits < 8;
    if (is_real)
        finish_real_avx2(plan, task);
    else if (is_counted && plan.bits == 1)
        finish_either<1>(plan, task);
    else if (is_counted && plan.bits == 2)
        finish_either<2>(plan, task);
    else if (is_counted)
        finish_either<3>(plan, task);
    if (is_real || is_counted) {
        const int done = task.channels / group * group;
        rest.sums += done;
        rest.first_channel += done;
        rest.channels -= done;
    }
    finish_lanes(plan, rest);
}

}  // namespace dsqbench
