// vpdpbusd: four products of unsigned and signed bytes added to a 32-bit sum, exactly, in one instruction.
#pragma once

#include "kernels/portable/scheme.h"

namespace dsqbench {

constexpr int vnni_step = 4;

// AVX-512 VNNI: 12 pixels by 32 channels a tile. AVX-VNNI: 6 pixels by 16 channels.
void avx512_vnni_tile(const TileTask& task);
void avx_vnni_tile(const TileTask& task);

constexpr int avx512_vnni_pixels = 12;
constexpr int avx512_vnni_channels = 32;
constexpr int avx_vnni_pixels = 6;
constexpr int avx_vnni_channels = 16;

// A step: each channel's four bytes one after the other.
void pack_avx512_vnni(const WeightBlock& block, int steps, std::byte* packed);
void pack_avx_vnni(const WeightBlock& block, int steps, std::byte* packed);

}  // namespace dsqbench
