// Codes of 32 channels from bytes to packed memory. The bytes come as vpackssdw and vpacksswb leave them: channels 0 ..
// 3, 8 .. 11, 16 .. 19, 24 .. 27 in the lower half, the others in the upper one; each is the code less the highest
// code.
#pragma once

#include <cstring>

#include "kernels/portable/finish.h"
#include "kernels/x86/avx2.h"

namespace dsqbench {

DSQBENCH_AVX2_INLINE __m256i in_channel_order(__m256i bytes) {
    return _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

DSQBENCH_AVX2_INLINE void store_one_bit(__m256i missed, std::uint8_t* output) {
    const auto bits = ~static_cast<std::uint32_t>(_mm256_movemask_epi8(in_channel_order(missed)));
    std::memcpy(output, &bits, sizeof bits);
}

DSQBENCH_AVX2_INLINE void store_two_bits(__m256i missed, std::uint8_t* output) {
    const __m256i codes = _mm256_add_epi8(missed, _mm256_set1_epi8(3));
    // Four codes to a byte: c0 + 4 c1, then those of pairs + 16 times those of the next.
    const __m256i pairs = _mm256_maddubs_epi16(codes, _mm256_set1_epi16(0x0401));
    const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00100001));
    // The upper half's bytes go between the lower half's.
    const __m128i eights =
        _mm_or_si128(_mm256_castsi256_si128(fours), _mm_slli_epi32(_mm256_extracti128_si256(fours, 1), 8));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(output), _mm_packus_epi32(eights, eights));
}

DSQBENCH_AVX2_INLINE void store_bytes(__m256i missed, int highest, std::uint8_t* output) {
    const __m256i codes = _mm256_add_epi8(missed, _mm256_set1_epi8(static_cast<char>(highest)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(output), in_channel_order(codes));
}

// Codes as double words, eight channels after eight.
DSQBENCH_AVX2_INLINE void store_codes_of_group(const __m256i (&codes)[4], int bits, std::uint8_t* output) {
    const __m256i lower = _mm256_packs_epi32(codes[0], codes[1]), upper = _mm256_packs_epi32(codes[2], codes[3]);
    const int highest = (1 << bits) - 1;
    const __m256i missed =
        _mm256_sub_epi8(_mm256_packus_epi16(lower, upper), _mm256_set1_epi8(static_cast<char>(highest)));
    if (bits == 1)
        store_one_bit(missed, output);
    else if (bits == 2)
        store_two_bits(missed, output);
    else
        store_bytes(missed, highest, output);
}

// Whole groups of 32 channels. RealNumbers: finish_real.cpp. Requantize without a residual: finish_requantized.cpp.
void finish_real_avx2(const FinishPlan& plan, const FinishTask& task);
void finish_requantized_avx2(const FinishPlan& plan, const FinishTask& task);

}  // namespace dsqbench
