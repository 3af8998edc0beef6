// Vectors of 8 and 16 floats in the compiler's extension. Bodies are always inlined into thin copies for AVX2 with FMA
// and for AVX-512, which the running processor chooses from (instruction_set.h).
#pragma once

#include <cstdint>
#include <cstring>

#include "quantizers/lanes.h"

namespace dsqbench::blocked {

using Vector8 = Lanes;
using Vector16 = float __attribute__((vector_size(64)));

template <class Vector>
inline constexpr int width_of = static_cast<int>(sizeof(Vector) / sizeof(float));

template <class Vector>
DSQBENCH_INLINE Vector load(const float* from) {
    Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return vector;
}

template <class Vector>
DSQBENCH_INLINE void store(float* to, const Vector& vector) {
    std::memcpy(to, &vector, sizeof vector);
}

// A vector whose blocks of 8 channels lie `block_stride` floats apart.
template <class Vector>
DSQBENCH_INLINE Vector load_blocks(const float* from, std::int64_t block_stride) {
    if constexpr (width_of<Vector> == 8)
        return load<Vector>(from);
    else
        return __builtin_shufflevector(load<Vector8>(from), load<Vector8>(from + block_stride), 0, 1, 2, 3, 4, 5, 6, 7,
                                       8, 9, 10, 11, 12, 13, 14, 15);
}

template <class Vector>
DSQBENCH_INLINE void store_blocks(float* to, std::int64_t block_stride, const Vector& vector) {
    if constexpr (width_of<Vector> == 8) {
        store(to, vector);
    } else {
        store(to, Vector8(__builtin_shufflevector(vector, vector, 0, 1, 2, 3, 4, 5, 6, 7)));
        store(to + block_stride, Vector8(__builtin_shufflevector(vector, vector, 8, 9, 10, 11, 12, 13, 14, 15)));
    }
}

// Accumulators of a tile: `rows` vectors of channels by `columns`. Loops over them are template recursions, so that
// every index is a constant when the compiler first looks: GCC 12 keeps arrays that loops index in memory.
template <class Vector, int rows, int columns>
struct Accumulators {
    Vector at[rows][columns];
};

template <int i = 0, class Vector, int rows, int columns>
DSQBENCH_INLINE void set_to_zero(Accumulators<Vector, rows, columns>& sums) {
    sums.at[i / columns][i % columns] = Vector{};
    if constexpr (i + 1 < rows * columns) set_to_zero<i + 1>(sums);
}

// sums[row][column] += vectors[row] * scalar, for every row. Contracted to FMA where the copy has it.
template <int column, int row = 0, class Vector, int rows, int columns>
DSQBENCH_INLINE void add_product(Accumulators<Vector, rows, columns>& sums, const Vector (&vectors)[rows],
                                 float scalar) {
    sums.at[row][column] += vectors[row] * scalar;
    if constexpr (row + 1 < rows) add_product<column, row + 1>(sums, vectors, scalar);
}

}  // namespace dsqbench::blocked
