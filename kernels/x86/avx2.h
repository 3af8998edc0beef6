// What the AVX2 files share.
#pragma once

#include <immintrin.h>

#include "kernels/portable/scheme.h"

namespace dsqbench {

// On functions, never on files: see kernels/CMakeLists.txt.
#define DSQBENCH_AVX2 __attribute__((target("avx2")))
#define DSQBENCH_AVX2_INLINE inline __attribute__((always_inline, target("avx2")))

DSQBENCH_AVX2_INLINE __m256i load_256(const void* memory) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(memory));
}

// A load that stays one: without the barrier GCC makes it a memory operand of every instruction that uses it, and two
// loads a cycle are all that the processor has (82 instead of 110 MAC/cycle on Zen 3).
DSQBENCH_AVX2_INLINE __m256i load_into_register(const void* memory) {
    __m256i vector = load_256(memory);
    asm("" : "+x"(vector));
    return vector;
}

// The rows of accumulators of a tile. Loops over them are template recursions, so that every index is a constant when
// the compiler first looks: GCC 12 keeps arrays that loops index in memory, unrolled or not, and halves the speed.
template <int rows, int columns>
using Accumulators = __m256i[rows][columns];

template <int row = 0, int column = 0, int rows, int columns>
DSQBENCH_AVX2_INLINE void set_to_zero(Accumulators<rows, columns>& sums) {
    sums[row][column] = _mm256_setzero_si256();
    if constexpr (column + 1 < columns)
        set_to_zero<row, column + 1>(sums);
    else if constexpr (row + 1 < rows)
        set_to_zero<row + 1, 0>(sums);
}

// sum += addend, in bytes, words or double words. As assembly, because GCC 12, left to itself, first loads everything
// that a step multiplies and spills the accumulators (27 instead of 48 MAC/cycle), and behind an empty barrier still
// copies every second accumulator; volatile keeps the additions where they are written.
DSQBENCH_AVX2_INLINE void add_bytes(__m256i& sum, __m256i addend) {
    asm volatile("vpaddb %1, %0, %0" : "+x"(sum) : "x"(addend));
}

DSQBENCH_AVX2_INLINE void add_words(__m256i& sum, __m256i addend) {
    asm volatile("vpaddw %1, %0, %0" : "+x"(sum) : "x"(addend));
}

DSQBENCH_AVX2_INLINE void add_double_words(__m256i& sum, __m256i addend) {
    asm volatile("vpaddd %1, %0, %0" : "+x"(sum) : "x"(addend));
}

// Eight of a tile's sums.
DSQBENCH_AVX2_INLINE void store_sums(const TileTask& task, int pixel, int channel, __m256i addend) {
    const __m256i start = load_256(task.start + pixel * task.start_stride + channel);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(task.sums + pixel * task.sums_stride + channel),
                        _mm256_add_epi32(start, addend));
}

// What follows the first run of a tile starts from the sums themselves.
inline TileTask continued(TileTask task) {
    task.start = task.sums;
    task.start_stride = task.sums_stride;
    return task;
}

// finish_lanes.h and copy_rows.h compiled for AVX2.
void finish_avx2(const FinishPlan& plan, const FinishTask& task);
void copy_rows_avx2(const RowCopies& copies);

}  // namespace dsqbench
