// Register tiles: an AVX-512 tile of 1 x 16 or 2 x 8 accumulators (16 FMA chains; two units times four cycles of
// latency need 8), an AVX2 tile of 2 x 6. The input block is the outer loop, so that the weights of a tile, 8 x 9 x 32
// floats at most, stay in the L1 cache.
#include "suite/blocked/convolution.h"

#include <algorithm>
#include <array>
#include <utility>

#include "suite/blocked/targets.h"
#include "suite/blocked/vectors.h"
#include "suite/blocked/weights.h"

namespace dsqbench::blocked {

namespace {

struct TileTask {
    const float* input;
    const std::int64_t* offsets;  // of the taps
    std::int64_t taps;
    const float* packed;
    float* output;
    std::int64_t block_stride, pixel_stride;  // of the output, in floats
    bool is_first;                            // of the input blocks: starts from zero
};

template <int i = 0, class Vector, int rows, int pixels>
DSQBENCH_INLINE void load_sums(Accumulators<Vector, rows, pixels>& sums, const TileTask& task) {
    constexpr int blocks = width_of<Vector> / 8;
    sums.at[i / pixels][i % pixels] = load_blocks<Vector>(
        task.output + (i / pixels) * blocks * task.block_stride + (i % pixels) * task.pixel_stride, task.block_stride);
    if constexpr (i + 1 < rows * pixels) load_sums<i + 1>(sums, task);
}

template <int i = 0, class Vector, int rows, int pixels>
DSQBENCH_INLINE void store_sums(const Accumulators<Vector, rows, pixels>& sums, const TileTask& task) {
    constexpr int blocks = width_of<Vector> / 8;
    store_blocks(task.output + (i / pixels) * blocks * task.block_stride + (i % pixels) * task.pixel_stride,
                 task.block_stride, sums.at[i / pixels][i % pixels]);
    if constexpr (i + 1 < rows * pixels) store_sums<i + 1>(sums, task);
}

template <int row = 0, class Vector, int rows>
DSQBENCH_INLINE void load_rows(Vector (&vectors)[rows], const float* from) {
    vectors[row] = load<Vector>(from + row * width_of<Vector>);
    if constexpr (row + 1 < rows) load_rows<row + 1>(vectors, from);
}

template <int step, int pixel = 0, class Vector, int rows, int pixels>
DSQBENCH_INLINE void add_pixels(Accumulators<Vector, rows, pixels>& sums, const Vector (&weights)[rows],
                                const float* input) {
    add_product<pixel>(sums, weights, input[pixel * step * block]);
    if constexpr (pixel + 1 < pixels) add_pixels<step, pixel + 1>(sums, weights, input);
}

template <int step, int channel = 0, class Vector, int rows, int pixels>
DSQBENCH_INLINE void add_tap(Accumulators<Vector, rows, pixels>& sums, const float* packed, const float* input) {
    Vector weights[rows];
    load_rows(weights, packed + channel * rows * width_of<Vector>);
    add_pixels<step>(sums, weights, input + channel);
    if constexpr (channel + 1 < block) add_tap<step, channel + 1>(sums, packed, input);
}

template <class Vector, int rows, int pixels, int step>
DSQBENCH_INLINE void tile_body(const TileTask& task) {
    Accumulators<Vector, rows, pixels> sums;
    if (task.is_first)
        set_to_zero(sums);
    else
        load_sums(sums, task);
    for (std::int64_t tap = 0; tap < task.taps; ++tap)
        add_tap<step>(sums, task.packed + tap * block * rows * width_of<Vector>, task.input + task.offsets[tap]);
    store_sums(sums, task);
}

template <int rows, int pixels, int step>
DSQBENCH_AVX2_FMA_COPY void tile_avx2(const TileTask& task) {
    tile_body<Vector8, rows, pixels, step>(task);
}
template <int rows, int pixels, int step>
DSQBENCH_AVX512_COPY void tile_avx512(const TileTask& task) {
    tile_body<Vector16, rows, pixels, step>(task);
}

using Tile = void (*)(const TileTask&);

// Tiles of 1 to `most` pixels.
struct TileSet {
    const Tile* tiles;
    std::int64_t most;
};

template <int rows, int step, std::size_t... pixel>
constexpr std::array<Tile, sizeof...(pixel)> avx2_tiles(std::index_sequence<pixel...>) {
    return {tile_avx2<rows, static_cast<int>(pixel) + 1, step>...};
}
template <int rows, int step, std::size_t... pixel>
constexpr std::array<Tile, sizeof...(pixel)> avx512_tiles(std::index_sequence<pixel...>) {
    return {tile_avx512<rows, static_cast<int>(pixel) + 1, step>...};
}

template <int rows, int step, std::size_t most>
TileSet avx2_set() {
    static constexpr auto tiles = avx2_tiles<rows, step>(std::make_index_sequence<most>());
    return {tiles.data(), static_cast<std::int64_t>(most)};
}
template <int rows, int step, std::size_t most>
TileSet avx512_set() {
    static constexpr auto tiles = avx512_tiles<rows, step>(std::make_index_sequence<most>());
    return {tiles.data(), static_cast<std::int64_t>(most)};
}

template <int step>
TileSet tiles_of(InstructionSet isa, std::int64_t blocks) {
    if (blocks == 1) return avx2_set<1, step, 12>();
    if (isa == InstructionSet::avx2) return avx2_set<2, step, 6>();
    return blocks == 2 ? avx512_set<1, step, 16>() : avx512_set<2, step, 8>();
}

// A group of output blocks over the whole image.
void convolve_group(const Plan& plan, const TileSet& set, const float* input, const float* packed,
                    std::int64_t group_blocks, float* output) {
    const auto taps = static_cast<std::int64_t>(plan.taps.size());
    TileTask task{};
    task.block_stride = plan.out_height * plan.out_width * block;
    task.pixel_stride = plan.out_step * block;
    for (std::int64_t in_block = 0; in_block < plan.in_blocks; ++in_block) {
        task.is_first = in_block == 0;
        for (const PixelClass& pixels : plan.classes) {
            task.offsets = pixels.offsets.data();
            task.taps = static_cast<std::int64_t>(pixels.offsets.size());
            task.packed = packed + (in_block * taps + pixels.first_tap) * block * group_blocks * block;
            const std::int64_t tiles = (pixels.columns + set.most - 1) / set.most;
            for (std::int64_t row = 0; row < pixels.rows; ++row) {
                const float* input_row =
                    input + in_block * plan.padded_plane + row * plan.in_step * plan.padded_width * block;
                float* output_row =
                    output + ((pixels.first_row + row * plan.out_step) * plan.out_width + pixels.first_column) * block;
                std::int64_t column = 0;
                for (std::int64_t tile = 0; tile < tiles; ++tile) {  // of nearly equal widths
                    const std::int64_t width = (pixels.columns - column + tiles - tile - 1) / (tiles - tile);
                    task.input = input_row + column * plan.in_step * block;
                    task.output = output_row + column * plan.out_step * block;
                    set.tiles[width - 1](task);
                    column += width;
                }
            }
        }
    }
}

}  // namespace

void convolve(InstructionSet isa, const Plan& plan, const float* padded_input, const float* packed, float* output) {
    const auto taps = static_cast<std::int64_t>(plan.taps.size());
    for (std::int64_t first = 0; first < plan.out_blocks; first += group_size(isa, first, plan.out_blocks)) {
        const std::int64_t blocks = group_size(isa, first, plan.out_blocks);
        const TileSet set = plan.in_step == 1 ? tiles_of<1>(isa, blocks) : tiles_of<2>(isa, blocks);
        convolve_group(plan, set, padded_input, packed + first * block * plan.in_blocks * block * taps, blocks,
                       output + first * plan.out_height * plan.out_width * block);
    }
}

}  // namespace dsqbench::blocked
