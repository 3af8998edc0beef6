// Thresholds on AVX2, 32 channels at once; real numbers are in finish_real.cpp, requantisation in
// finish_requantized.cpp, and every other epilogue, and what channels are left, is finish_lanes.h compiled for AVX2.
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

// Up to here a code is found by bisection: at 4 bits 4 comparisons and 11 blends take the place of 15 comparisons and
// 15 additions. Above, the blends would be more.
constexpr int most_bisected_bits = 4;

// The level in the middle of what the first `depth` comparisons of 16 channels left of their levels first .. first +
// 2^(bits - step) - 2. `missed`: the comparisons, -1 where the sum is below.
template <int bits, int depth, int step = 0, int first = 0>
DSQBENCH_AVX2_INLINE __m256i middle_level(const std::int16_t* levels, std::ptrdiff_t stride, const __m256i* missed) {
    constexpr int half = 1 << (bits - step - 1);
    if constexpr (step == depth) {
        return load_256(levels + (first + half - 1) * stride);
    } else {
        const __m256i lower = middle_level<bits, depth, step + 1, first>(levels, stride, missed);
        const __m256i upper = middle_level<bits, depth, step + 1, first + half>(levels, stride, missed);
        return _mm256_blendv_epi8(upper, lower, missed[step]);
    }
}

// The code less its maximum of 16 channels; `found`: by the comparisons before.
template <int bits, int depth = 0>
DSQBENCH_AVX2_INLINE __m256i bisect(const std::int16_t* levels, std::ptrdiff_t stride, __m256i sum, __m256i* missed,
                                    __m256i found) {
    missed[depth] = _mm256_cmpgt_epi16(middle_level<bits, depth>(levels, stride, missed), sum);
    found = _mm256_add_epi16(_mm256_add_epi16(found, found), missed[depth]);
    if constexpr (depth + 1 < bits) return bisect<bits, depth + 1>(levels, stride, sum, missed, found);
    return found;
}

// The same; `bits` above most_bisected_bits stands for all above.
template <int bits>
DSQBENCH_AVX2_INLINE __m256i missed_levels(const FinishPlan& plan, const std::int16_t* levels, __m256i sum) {
    __m256i missed[bits], found = _mm256_setzero_si256();
    if constexpr (bits <= most_bisected_bits) return bisect<bits>(levels, plan.padded_channels, sum, missed, found);
    for (int i = (1 << plan.bits) - 1; i > 0; --i, levels += plan.padded_channels)
        found = _mm256_add_epi16(found, _mm256_cmpgt_epi16(load_256(levels), sum));
    return found;
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
    const std::int16_t* levels = plan.folded.levels.data() + channel;
    return _mm256_packs_epi16(missed_levels<bits>(plan, levels, lower), missed_levels<bits>(plan, levels + 16, upper));
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
    const auto* requantize = std::get_if<Requantize>(&plan.epilogue);
    const bool is_requantized = requantize != nullptr && !requantize->residual;
    if (is_real)
        finish_real_avx2(plan, task);
    else if (is_requantized)
        finish_requantized_avx2(plan, task);
    else if (is_counted && plan.bits == 1)
        finish_either<1>(plan, task);
    else if (is_counted && plan.bits == 2)
        finish_either<2>(plan, task);
    else if (is_counted && plan.bits == 3)
        finish_either<3>(plan, task);
    else if (is_counted && plan.bits == 4)
        finish_either<4>(plan, task);
    else if (is_counted)
        finish_either<most_bisected_bits + 1>(plan, task);
    if (is_real || is_requantized || is_counted) {
        const int done = task.channels / group * group;
        rest.sums += done;
        rest.first_channel += done;
        rest.channels -= done;
    }
    finish_lanes(plan, rest);
}

}  // namespace dsqbench
