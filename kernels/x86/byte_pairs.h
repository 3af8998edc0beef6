// vpmaddubsw with delayed widening, shared by the direct convolution and by Winograd's.
#pragma once

#include "kernels/portable/scheme.h"

namespace dsqbench {

// Sums of unsigned bytes times signed bytes, 6 pixels by 16 channels a tile, 4 elements a step. run_length is the
// caller's byte_pair_budget(), at least 1.
void byte_pairs_tile(const TileTask& task);

// A step: for channels 0 .. 7, then 8 .. 15, each channel's four bytes one after the other. 64 bytes.
void pack_byte_pairs(const WeightBlock& block, int steps, std::byte* packed);

constexpr int byte_pairs_pixels = 6;
constexpr int byte_pairs_channels = 16;
constexpr int byte_pairs_step = 4;

}  // namespace dsqbench
