// What the AVX-512 files share: the counterparts of avx2.h.
#pragma once

#include "kernels/api/instruction_set.h"
#include "kernels/portable/tile_dispatch.h"
#include "kernels/x86/avx2.h"

namespace dsqbench {

#define DSQBENCH_AVX512 __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl")))
#define DSQBENCH_AVX512_INLINE inline __attribute__((always_inline, target("avx2,avx512f,avx512bw,avx512dq,avx512vl")))

// The instruction sets that every one of the files needs.
constexpr InstructionSets avx512_base = InstructionSets(InstructionSet::avx2) | InstructionSet::avx512;

template <int rows, int columns>
using WideAccumulators = __m512i[rows][columns];

template <int row = 0, int column = 0, int rows, int columns>
DSQBENCH_AVX512_INLINE void set_to_zero(WideAccumulators<rows, columns>& sums) {
    sums[row][column] = _mm512_setzero_si512();
    if constexpr (column + 1 < columns)
        set_to_zero<row, column + 1>(sums);
    else if constexpr (row + 1 < rows)
        set_to_zero<row + 1, 0>(sums);
}

DSQBENCH_AVX512_INLINE __m512i load_into_wide_register(const void* memory) {
    __m512i vector = _mm512_loadu_si512(memory);
    asm("" : "+v"(vector));
    return vector;
}

// One double word in all lanes. As assembly because GCC 12 warns of its own intrinsic (bug 105593).
DSQBENCH_AVX512_INLINE __m512i broadcast_double_word(const char* memory) {
    __m512i vector;
    asm("vpbroadcastd %1, %0" : "=v"(vector) : "m"(*reinterpret_cast<const char(*)[4]>(memory)));
    return vector;
}

// Sixteen of a tile's sums.
DSQBENCH_AVX512_INLINE void store_sums(const TileTask& task, int pixel, int channel, __m512i addend) {
    const __m512i start = _mm512_loadu_si512(task.start + pixel * task.start_stride + channel);
    _mm512_storeu_si512(task.sums + pixel * task.sums_stride + channel, _mm512_add_epi32(start, addend));
}

template <int row = 0, int column = 0, int rows, int columns>
DSQBENCH_AVX512_INLINE void store_all(const TileTask& task, const WideAccumulators<rows, columns>& sums) {
    store_sums(task, row, 16 * column, sums[row][column]);
    if constexpr (column + 1 < columns)
        store_all<row, column + 1>(task, sums);
    else if constexpr (row + 1 < rows)
        store_all<row + 1, 0>(task, sums);
}

constexpr int wide_tile_pixels = 12;

// Two addresses for twelve rows, six from each: x86 forms the multiples 0, 1, 2, 3, 4 and 5 of a stride from three
// registers, and twelve would end on the stack. The barrier keeps GCC from seeing through it.
struct PanelRows {
    const char *upper, *lower;
    std::ptrdiff_t stride;

    explicit PanelRows(const TileTask& task)
        : upper(reinterpret_cast<const char*>(task.panel)),
          lower(upper + 6 * task.panel_stride),
          stride(task.panel_stride) {
        asm("" : "+r"(lower));
    }
    template <int pixel>
    const char* at() const {
        return pixel < 6 ? upper + pixel * stride : lower + (pixel - 6) * stride;
    }
    void advance(std::ptrdiff_t bytes) {
        upper += bytes;
        lower += bytes;
    }
};

}  // namespace dsqbench
