// vpmaddwd, shared by the direct convolution and by Winograd's.
#pragma once

#include "kernels/portable/scheme.h"

namespace dsqbench {

// Sums of products of int16, 6 pixels by 16 channels a tile, 2 elements a step.
void word_pairs_tile(const TileTask& task);

// A step: for channels 0 .. 7, then 8 .. 15, each channel's two int16 one after the other. 64 bytes.
void pack_word_pairs(const WeightBlock& block, int steps, std::byte* packed);

constexpr int word_pairs_pixels = 6;
constexpr int word_pairs_channels = 16;
constexpr int word_pairs_step = 2;

}  // namespace dsqbench
