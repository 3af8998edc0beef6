// Eight or sixteen floats at a time, in the compiler's vector extension: AVX2 or AVX-512 where a function is compiled
// for it, SSE or NEON pieces elsewhere. Arithmetic is per lane; without FMA (no copy of a forward pass has it) every
// machine gives the same bits. nvcc compiles the same functions for a float of its own in each thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace dsqbench {

// Copies for 16 lanes use instructions by name where GCC needs them, on vectors that clang does not take there.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__CUDACC__)
#define DSQBENCH_WIDE_LANES
#endif

#if defined(__CUDACC__)
#define DSQBENCH_INLINE __host__ __device__ __forceinline__
#else
#define DSQBENCH_INLINE [[gnu::always_inline]] inline

using Lanes = float __attribute__((vector_size(32)));
using WideLanes = float __attribute__((vector_size(64)));  // in AVX-512 copies only
inline constexpr std::int64_t lane_count = 8;

template <class Vector>
inline constexpr std::int64_t lanes_in = static_cast<std::int64_t>(sizeof(Vector) / sizeof(float));

template <class Vector = Lanes>
DSQBENCH_INLINE Vector load_lanes(const float* from) {
    Vector lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

template <class Vector>
DSQBENCH_INLINE void store_lanes(float* to, const Vector& lanes) {
    std::memcpy(to, &lanes, sizeof lanes);
}
#endif

template <class Vector>
DSQBENCH_INLINE Vector all_lanes(float value) {
    return Vector{} + value;
}

// NaN stays NaN, as in at::clamp.
template <class Vector>
DSQBENCH_INLINE Vector clamp_lanes(const Vector& x, float low, float high) {
    const Vector lows = all_lanes<Vector>(low), highs = all_lanes<Vector>(high);
    const Vector raised = x < lows ? lows : x;
    return raised > highs ? highs : raised;
}

template <class Vector>
DSQBENCH_INLINE Vector at_most_lanes(const Vector& x, float high) {
    const Vector highs = all_lanes<Vector>(high);
    return x > highs ? highs : x;
}

// To the nearest integer, ties to even; |x| < 2^22. Adding 1.5 * 2^23 leaves no bits for a fraction.
template <class Vector>
DSQBENCH_INLINE Vector round_lanes(const Vector& x) {
    constexpr float no_fraction = 12582912.0F;
    return (x + no_fraction) - no_fraction;
}

#if defined(__CUDACC__)
DSQBENCH_INLINE float floor_lanes(float x) {
    return floorf(x);
}
DSQBENCH_INLINE float magnitude_lanes(float x) {
    return fabsf(x);
}
#else
// 0 <= x < 2^31.
template <class Vector>
DSQBENCH_INLINE Vector floor_lanes(const Vector& x) {
    return __builtin_convertvector(__builtin_convertvector(x, decltype(x < x)), Vector);
}

template <class Vector>
DSQBENCH_INLINE Vector magnitude_lanes(const Vector& x) {
    using Bits = decltype(x < x);
    return reinterpret_cast<Vector>(reinterpret_cast<Bits>(x) & 0x7fffffff);
}
#endif

// `value` where x >= low, and where low <= x <= high; else 0, for NaN too.
template <class Vector>
DSQBENCH_INLINE Vector where_at_least(const Vector& x, float low, const Vector& value) {
    return x >= low ? value : Vector{};
}
template <class Vector>
DSQBENCH_INLINE Vector where_within(const Vector& x, float low, float high, const Vector& value) {
    return ((x >= low) & (x <= high)) ? value : Vector{};
}

// A product that is rounded before it is added to: forward passes have no FMA. Copies for 8 lanes are compiled without.
#if defined(__CUDACC__)
DSQBENCH_INLINE float rounded_product(float a, float b) {
#if defined(__CUDA_ARCH__)
    return __fmul_rn(a, b);
#else
    return a * b;
#endif
}
#else
DSQBENCH_INLINE Lanes rounded_product(float a, const Lanes& b) {
    return a * b;
}
#endif

#if defined(DSQBENCH_WIDE_LANES)
DSQBENCH_INLINE WideLanes rounded_product(float a, const WideLanes& b) {
    WideLanes product = a * b;
    asm("" : "+v"(product));
    return product;
}

// GCC 12 makes vectors of masks from comparisons of 16 floats, and takes three times as long (measured): instructions
// by name, as intrinsics need functions that are compiled for AVX-512 themselves.
DSQBENCH_INLINE WideLanes clamp_lanes(const WideLanes& x, float low, float high) {
    WideLanes clamped;
    asm("vmaxps %1, %2, %0" : "=v"(clamped) : "v"(x), "v"(all_lanes<WideLanes>(low)));
    asm("vminps %0, %1, %0" : "+v"(clamped) : "v"(all_lanes<WideLanes>(high)));
    return clamped;
}
DSQBENCH_INLINE WideLanes at_most_lanes(const WideLanes& x, float high) {
    WideLanes lower;
    asm("vminps %1, %2, %0" : "=v"(lower) : "v"(x), "v"(all_lanes<WideLanes>(high)));
    return lower;
}
DSQBENCH_INLINE WideLanes floor_lanes(const WideLanes& x) {
    WideLanes floor;
    asm("vrndscaleps $9, %1, %0" : "=v"(floor) : "v"(x));
    return floor;
}
DSQBENCH_INLINE WideLanes where_at_least(const WideLanes& x, float low, const WideLanes& value) {
    WideLanes chosen;
    asm("vcmpps $0x1d, %2, %1, %%k1\n\tvmovaps %3, %0%{%%k1%}%{z%}"
        : "=v"(chosen)
        : "v"(x), "v"(all_lanes<WideLanes>(low)), "v"(value)
        : "k1");
    return chosen;
}
DSQBENCH_INLINE WideLanes where_within(const WideLanes& x, float low, float high, const WideLanes& value) {
    WideLanes chosen;
    asm("vcmpps $0x1d, %2, %1, %%k1\n\tvcmpps $0x12, %3, %1, %%k1%{%%k1%}\n\tvmovaps %4, %0%{%%k1%}%{z%}"
        : "=v"(chosen)
        : "v"(x), "v"(all_lanes<WideLanes>(low)), "v"(all_lanes<WideLanes>(high)), "v"(value)
        : "k1");
    return chosen;
}
#endif

#if !defined(__CUDACC__)
DSQBENCH_INLINE float sum_of_lanes(const Lanes& x) {
    return ((x[0] + x[4]) + (x[1] + x[5])) + ((x[2] + x[6]) + (x[3] + x[7]));
}

DSQBENCH_INLINE float sum_of_lanes(const WideLanes& x) {
    Lanes low, high;
    std::memcpy(&low, &x, sizeof low);
    std::memcpy(&high, reinterpret_cast<const char*>(&x) + sizeof low, sizeof high);
    return sum_of_lanes(low + high);
}
#endif

// tanh within 3e-7 of the true value (tested over all magnitudes): a rational minimax approximation, odd degree 13 over
// even degree 6 (the coefficients of Eigen's ptanh), on |x| <= 7.9, where float32 tanh has reached 1.
inline constexpr float largest_tanh_argument = 7.90531110763549805F;

// For |x| <= largest_tanh_argument.
template <class Vector>
DSQBENCH_INLINE Vector tanh_lanes_within(const Vector& x) {
    const Vector square = x * x;
    Vector numerator = square * -2.76076847742355e-16F + 2.00018790482477e-13F;
    numerator = numerator * square + -8.60467152213735e-11F;
    numerator = numerator * square + 5.12229709037114e-08F;
    numerator = numerator * square + 1.48572235717979e-05F;
    numerator = numerator * square + 6.37261928875436e-04F;
    numerator = numerator * square + 4.89352455891786e-03F;
    Vector denominator = square * 1.19825839466702e-06F + 1.18534705686654e-04F;
    denominator = denominator * square + 2.26843463243900e-03F;
    denominator = denominator * square + 4.89352518554385e-03F;
    return x * numerator / denominator;
}

template <class Vector>
DSQBENCH_INLINE Vector tanh_lanes(const Vector& x) {
    return tanh_lanes_within(clamp_lanes(x, -largest_tanh_argument, largest_tanh_argument));
}

}  // namespace dsqbench
