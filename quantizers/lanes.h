// Eight floats at a time, in the compiler's vector extension: AVX2 where a function is compiled for it, two SSE halves
// elsewhere. Arithmetic is per lane and never contracted to FMA, so both give the same bits.
#pragma once

#include <cstdint>
#include <cstring>

namespace dsqbench {

using Lanes = float __attribute__((vector_size(32)));
using LaneMask = std::int32_t __attribute__((vector_size(32)));
inline constexpr std::int64_t lane_count = 8;

#define DSQBENCH_INLINE [[gnu::always_inline]] inline

DSQBENCH_INLINE Lanes load_lanes(const float* from) {
    Lanes lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

DSQBENCH_INLINE void store_lanes(float* to, const Lanes& lanes) {
    std::memcpy(to, &lanes, sizeof lanes);
}

DSQBENCH_INLINE Lanes all_lanes(float value) {
    return Lanes{} + value;
}

// NaN stays NaN, as in at::clamp.
DSQBENCH_INLINE Lanes clamp_lanes(const Lanes& x, float low, float high) {
    const Lanes lows = all_lanes(low), highs = all_lanes(high);
    const Lanes raised = x < lows ? lows : x;
    return raised > highs ? highs : raised;
}

// To the nearest integer, ties to even; |x| < 2^22. Adding 1.5 * 2^23 leaves no bits for a fraction.
DSQBENCH_INLINE Lanes round_lanes(const Lanes& x) {
    constexpr float no_fraction = 12582912.0F;
    return (x + no_fraction) - no_fraction;
}

// 0 <= x < 2^31.
DSQBENCH_INLINE Lanes floor_lanes(const Lanes& x) {
    return __builtin_convertvector(__builtin_convertvector(x, LaneMask), Lanes);
}

// x where the mask is set, else 0.
DSQBENCH_INLINE Lanes where_lanes(const LaneMask& mask, const Lanes& x) {
    return mask ? x : Lanes{};
}

DSQBENCH_INLINE float sum_of_lanes(const Lanes& x) {
    return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7]));
}

// tanh within 3e-7 of the true value (tested over all magnitudes): a rational minimax approximation, odd degree 13 over
// even degree 6 (the coefficients of Eigen's ptanh), on |x| <= 7.9, where float32 tanh has reached 1.
DSQBENCH_INLINE Lanes tanh_lanes(const Lanes& wanted) {
    const Lanes x = clamp_lanes(wanted, -7.90531110763549805F, 7.90531110763549805F);
    const Lanes square = x * x;
    Lanes numerator = square * -2.76076847742355e-16F + 2.00018790482477e-13F;
    numerator = numerator * square + -8.60467152213735e-11F;
    numerator = numerator * square + 5.12229709037114e-08F;
    numerator = numerator * square + 1.48572235717979e-05F;
    numerator = numerator * square + 6.37261928875436e-04F;
    numerator = numerator * square + 4.89352455891786e-03F;
    Lanes denominator = square * 1.19825839466702e-06F + 1.18534705686654e-04F;
    denominator = denominator * square + 2.26843463243900e-03F;
    denominator = denominator * square + 4.89352518554385e-03F;
    return x * numerator / denominator;
}

}  // namespace dsqbench
