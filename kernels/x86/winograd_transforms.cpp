#include "kernels/x86/winograd_transforms.h"

#include <cstring>

#include "kernels/x86/avx2.h"

namespace dsqbench {
namespace {

constexpr std::ptrdiff_t chunk = 32;

// B^T applied to four vectors.
DSQBENCH_AVX2_INLINE void transform_four(__m256i& a, __m256i& b, __m256i& c, __m256i& d) {
    const __m256i first = _mm256_sub_epi8(a, c);
    const __m256i second = _mm256_add_epi8(b, c);
    const __m256i third = _mm256_sub_epi8(c, b);
    d = _mm256_sub_epi8(b, d);
    a = first;
    b = second;
    c = third;
}

// Modulo 256 on the way; with its offset the result is 0 .. 4 (2^bits - 1).
DSQBENCH_AVX2_INLINE void transform_chunk(const PatchTask& task, const std::byte* const* pixels, std::ptrdiff_t at) {
    __m256i d[winograd_positions];
    for (int p = 0; p < winograd_positions; ++p) d[p] = load_256(pixels[p]);
    for (int column = 0; column < 4; ++column) transform_four(d[column], d[4 + column], d[8 + column], d[12 + column]);
    for (int row = 0; row < 16; row += 4) transform_four(d[row], d[row + 1], d[row + 2], d[row + 3]);
    for (int p = 0; p < winograd_positions; ++p) {
        const __m256i offset = _mm256_set1_epi8(static_cast<char>(winograd_offset(p, task.bits)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.out + p * task.position_stride + at),
                            _mm256_add_epi8(d[p], offset));
    }
}

DSQBENCH_AVX2_INLINE __m256i twice(__m256i vector) {
    return _mm256_add_epi32(vector, vector);
}

// transform_four() of words.
DSQBENCH_AVX2_INLINE void transform_four_words(__m256i& a, __m256i& b, __m256i& c, __m256i& d) {
    const __m256i first = _mm256_sub_epi16(a, c);
    const __m256i second = _mm256_add_epi16(b, c);
    const __m256i third = _mm256_sub_epi16(c, b);
    d = _mm256_sub_epi16(b, d);
    a = first;
    b = second;
    c = third;
}

// Half a chunk's codes to words.
DSQBENCH_AVX2_INLINE void transform_half_chunk(const PatchTask& task, const std::byte* const* pixels,
                                               std::ptrdiff_t at) {
    __m256i d[winograd_positions];
    for (int p = 0; p < winograd_positions; ++p)
        d[p] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(pixels[p])));
    for (int column = 0; column < 4; ++column)
        transform_four_words(d[column], d[4 + column], d[8 + column], d[12 + column]);
    for (int row = 0; row < 16; row += 4) transform_four_words(d[row], d[row + 1], d[row + 2], d[row + 3]);
    for (int p = 0; p < winograd_positions; ++p)
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.out + p * task.position_stride + 2 * at), d[p]);
}

DSQBENCH_AVX2_INLINE void transform_chunk_to_words(const PatchTask& task, const std::byte* const* pixels,
                                                   std::ptrdiff_t at) {
    const std::byte* upper[winograd_positions];
    for (int p = 0; p < winograd_positions; ++p) upper[p] = pixels[p] + chunk / 2;
    transform_half_chunk(task, pixels, at);
    transform_half_chunk(task, upper, at + chunk / 2);
}

enum class To { bytes, words };

template <To to>
DSQBENCH_AVX2_INLINE void transform_pixels(const PatchTask& task) {
    const auto transform = [&task](const std::byte* const* pixels, std::ptrdiff_t at)
        __attribute__((always_inline, target("avx2"))) {
        if constexpr (to == To::bytes)
            transform_chunk(task, pixels, at);
        else
            transform_chunk_to_words(task, pixels, at);
    };
    const std::byte* pixels[winograd_positions];
    std::ptrdiff_t at = 0;
    for (; at + chunk <= task.pixel_bytes; at += chunk) {
        for (std::size_t p = 0; p < winograd_positions; ++p) pixels[p] = task.pixels[p] + at;
        transform(pixels, at);
    }
    if (at == task.pixel_bytes) return;
    // The last channels, copied so that nothing is read beyond a pixel.
    std::byte rest[winograd_positions][chunk] = {};
    for (std::size_t p = 0; p < winograd_positions; ++p) {
        std::memcpy(rest[p], task.pixels[p] + at, static_cast<std::size_t>(task.pixel_bytes - at));
        pixels[p] = rest[p];
    }
    transform(pixels, at);
}

}  // namespace

std::array<int, winograd_positions> transform_weights(const std::array<int, 9>& weights) {
    constexpr int g[4][3] = {{1, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 1}};
    std::array<int, winograd_positions> transformed{};
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j)
            for (int y = 0; y < 3; ++y)
                for (int x = 0; x < 3; ++x)
                    transformed[static_cast<std::size_t>(4 * i + j)] +=
                        g[i][y] * g[j][x] * weights[static_cast<std::size_t>(3 * y + x)];
    return transformed;
}

DSQBENCH_AVX2 void transform_patch(const PatchTask& task) {
    transform_pixels<To::bytes>(task);
}

DSQBENCH_AVX2 void transform_patch_to_words(const PatchTask& task) {
    transform_pixels<To::words>(task);
}

DSQBENCH_AVX2 void transform_output(const OutputTask& task) {
    for (int channel = 0; channel < task.channels; channel += 8) {
        __m256i upper[4], lower[4];  // A^T applied to the columns
        for (int j = 0; j < 4; ++j) {
            const std::int32_t* sums = task.sums + j * task.position_stride + channel;
            const __m256i second = load_256(sums + 4 * task.position_stride);
            const __m256i third = load_256(sums + 8 * task.position_stride);
            const __m256i first = twice(load_256(sums)), fourth = twice(load_256(sums + 12 * task.position_stride));
            upper[j] = _mm256_add_epi32(_mm256_add_epi32(first, second), third);
            lower[j] = _mm256_sub_epi32(_mm256_sub_epi32(second, third), fourth);
        }
        const __m256i* rows[2] = {upper, lower};
        for (std::size_t y = 0; y < 2; ++y) {
            const __m256i* r = rows[y];
            const __m256i left = _mm256_add_epi32(_mm256_add_epi32(twice(r[0]), r[1]), r[2]);
            const __m256i right = _mm256_sub_epi32(_mm256_sub_epi32(r[1], r[2]), twice(r[3]));
            // A quarter, exactly.
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.outputs[2 * y] + channel), _mm256_srai_epi32(left, 2));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.outputs[2 * y + 1] + channel),
                                _mm256_srai_epi32(right, 2));
        }
    }
}

}  // namespace dsqbench
