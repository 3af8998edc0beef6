// From a tile's number of pixels, which is known at run time, to the function that was compiled for it.
#pragma once

#include <cassert>
#include <utility>

#include "kernels/portable/scheme.h"

namespace dsqbench {

// A copy that the compiler keeps in registers, whatever the stores of a tile may point to. Field by field: a copy as a
// whole is vector loads of what the caller has just stored in single words, which no processor forwards; it waits until
// those stores have left the core, 30 of the 150 cycles of a short tile.
inline __attribute__((always_inline)) TileTask in_registers(const TileTask& task) {
    return {task.panel,  task.panel_stride, task.weights,      task.steps, task.run_length,
            task.pixels, task.start,        task.start_stride, task.sums,  task.sums_stride};
}

template <class Tile, int... pixels>
void dispatch_tile(const TileTask& task, std::integer_sequence<int, pixels...>) {
    static constexpr void (*tiles[])(const TileTask&) = {Tile::template run_tile<pixels + 1>...};
    assert(task.pixels >= 1 && task.pixels <= static_cast<int>(sizeof...(pixels)));
    tiles[task.pixels - 1](task);
}

// Tile::run_tile<task.pixels>(task) for 1 .. most_pixels.
template <class Tile, int most_pixels>
void dispatch_tile(const TileTask& task) {
    dispatch_tile<Tile>(task, std::make_integer_sequence<int, most_pixels>());
}

}  // namespace dsqbench
