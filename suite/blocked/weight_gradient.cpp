// The gradient of the weights: a tile is some (kernel column, input channel) pairs of one kernel row, contiguous in the
// padded input, by a group of output blocks; it sums over a band of rows of the image.
#include <algorithm>

#include "suite/blocked/convolution.h"
#include "suite/blocked/targets.h"
#include "suite/blocked/vectors.h"
#include "suite/blocked/weights.h"

namespace dsqbench::blocked {

namespace {

// Pixels of a band: 8 KiB of one output block's gradient, so that band and inputs stay in the L1 cache.
constexpr std::int64_t band_pixels = 128;

struct GradientTask {
    const float* input;
    const float* gradient;
    std::int64_t input_row, gradient_row, gradient_block;  // strides in floats
    std::int64_t rows, columns;
    float* sums;
};

template <int i = 0, class Vector, int rows, int pairs>
DSQBENCH_INLINE void load_sums(Accumulators<Vector, rows, pairs>& sums, const float* from) {
    sums.at[i % rows][i / rows] = load<Vector>(from + i * width_of<Vector>);
    if constexpr (i + 1 < rows * pairs) load_sums<i + 1>(sums, from);
}

template <int i = 0, class Vector, int rows, int pairs>
DSQBENCH_INLINE void store_sums(const Accumulators<Vector, rows, pairs>& sums, float* to) {
    store(to + i * width_of<Vector>, sums.at[i % rows][i / rows]);
    if constexpr (i + 1 < rows * pairs) store_sums<i + 1>(sums, to);
}

template <int row = 0, class Vector, int rows>
DSQBENCH_INLINE void load_gradient(Vector (&vectors)[rows], const float* from, std::int64_t block_stride) {
    constexpr int blocks = width_of<Vector> / 8;
    vectors[row] = load_blocks<Vector>(from + row * blocks * block_stride, block_stride);
    if constexpr (row + 1 < rows) load_gradient<row + 1>(vectors, from, block_stride);
}

template <int pair = 0, class Vector, int rows, int pairs>
DSQBENCH_INLINE void add_pairs(Accumulators<Vector, rows, pairs>& sums, const Vector (&gradient)[rows],
                               const float* input) {
    add_product<pair>(sums, gradient, input[pair]);
    if constexpr (pair + 1 < pairs) add_pairs<pair + 1>(sums, gradient, input);
}

template <class Vector, int rows, int pairs, int stride>
DSQBENCH_INLINE void tile_body(const GradientTask& task) {
    Accumulators<Vector, rows, pairs> sums;
    load_sums(sums, task.sums);
    for (std::int64_t row = 0; row < task.rows; ++row) {
        const float* input = task.input + row * task.input_row;
        const float* gradient = task.gradient + row * task.gradient_row;
        for (std::int64_t column = 0; column < task.columns; ++column) {
            Vector vectors[rows];
            load_gradient(vectors, gradient + column * block, task.gradient_block);
            add_pairs(sums, vectors, input + column * stride * block);
        }
    }
    store_sums(sums, task.sums);
}

template <int rows, int pairs, int stride>
DSQBENCH_AVX2_FMA_COPY void tile_avx2(const GradientTask& task) {
    tile_body<Vector8, rows, pairs, stride>(task);
}
template <int rows, int pairs, int stride>
DSQBENCH_AVX512_COPY void tile_avx512(const GradientTask& task) {
    tile_body<Vector16, rows, pairs, stride>(task);
}

struct GradientTile {
    void (*run)(const GradientTask&);
    std::int64_t pairs;
};

// A kernel row has 24 pairs in a 3x3 kernel, 8 in a 1x1 kernel.
template <int kernel, int stride>
GradientTile tile_of(InstructionSet isa, std::int64_t blocks) {
    if (blocks == 1) return {tile_avx2<1, 8, stride>, 8};
    if (isa == InstructionSet::avx512) {
        if constexpr (kernel == 3) {
            if (blocks == 2) return {tile_avx512<1, 24, stride>, 24};
            return {tile_avx512<2, 12, stride>, 12};
        }
        if (blocks == 2) return {tile_avx512<1, 8, stride>, 8};
        return {tile_avx512<2, 8, stride>, 8};
    }
    if constexpr (kernel == 3) return {tile_avx2<2, 6, stride>, 6};
    return {tile_avx2<2, 4, stride>, 4};
}

GradientTile tile_of(InstructionSet isa, const ConvolutionShape& shape, std::int64_t blocks) {
    if (shape.kernel == 3) return shape.stride == 1 ? tile_of<3, 1>(isa, blocks) : tile_of<3, 2>(isa, blocks);
    return shape.stride == 1 ? tile_of<1, 1>(isa, blocks) : tile_of<1, 2>(isa, blocks);
}

void add_group(const ConvolutionShape& shape, const GradientTile& tile, std::int64_t blocks, const float* input,
               const float* gradient, float* sums) {
    const std::int64_t padded_width = shape.width + 2 * shape.halo();
    const std::int64_t row_pairs = shape.kernel * block;
    GradientTask task{};
    task.input_row = shape.stride * padded_width * block;
    task.gradient_row = (shape.out_width() + 2 * shape.halo()) * block;
    task.gradient_block = shape.padded_plane(shape.out_height(), shape.out_width());
    task.columns = shape.out_width();
    const std::int64_t band = std::max<std::int64_t>(1, band_pixels / task.columns);
    const float* inside = gradient + shape.halo() * (task.gradient_row + block);
    for (std::int64_t first_row = 0; first_row < shape.out_height(); first_row += band) {
        task.rows = std::min(band, shape.out_height() - first_row);
        task.gradient = inside + first_row * task.gradient_row;
        for (std::int64_t in_block = 0; in_block < shape.in_blocks; ++in_block)
            for (std::int64_t kernel_row = 0; kernel_row < shape.kernel; ++kernel_row) {
                const float* input_row = input + in_block * shape.padded_plane(shape.height, shape.width) +
                                         (first_row * shape.stride + kernel_row) * padded_width * block;
                float* row_sums = sums + (in_block * shape.kernel + kernel_row) * row_pairs * blocks * block;
                for (std::int64_t pair = 0; pair < row_pairs; pair += tile.pairs) {
                    task.input = input_row + pair;
                    task.sums = row_sums + pair * blocks * block;
                    tile.run(task);
                }
            }
    }
}

}  // namespace

void add_weight_gradient(InstructionSet isa, const ConvolutionShape& shape, const float* padded_input,
                         const float* padded_output_gradient, float* sums) {
    const std::int64_t plane = shape.padded_plane(shape.out_height(), shape.out_width());
    for (std::int64_t first = 0; first < shape.out_blocks; first += group_size(isa, first, shape.out_blocks)) {
        const std::int64_t blocks = group_size(isa, first, shape.out_blocks);
        add_group(shape, tile_of(isa, shape, blocks), blocks, padded_input, padded_output_gradient + first * plane,
                  sums + first * block * shape.in_blocks * block * shape.taps());
    }
}

}  // namespace dsqbench::blocked
