// Winograd's F(2x2, 3x3) in exact integers, for whatever instructions multiply its elements.
#pragma once

#include "kernels/portable/scheme.h"
#include "kernels/x86/winograd_transforms.h"

namespace dsqbench {

struct WinogradScheme {
    OperandFormat format;  // bytes: transformed activations unsigned, weights signed; words: both signed
    int tile_pixels;       // tiles of 2x2 outputs take the place of pixels
    int block_channels;    // a multiple of 16, up to most_block_channels
    int step_elements;     // a divisor of 32
    // Accumulations until a narrow accumulator is full, given the ranges of transformed activations and weights.
    int (*run_length)(Range activations, Range weights);
    void (*tile)(const TileTask&);
    void (*pack)(const WeightBlock&, int steps, std::byte* packed);
    void (*transform_patch)(const PatchTask&);
    void (*transform_output)(const OutputTask&);
    Finish finish;
};

// Of 3x3 kernels, stride 1, groups 1.
bool winograd_supports(const ConvolutionProblem& problem, const WinogradScheme& scheme);

std::unique_ptr<Convolution> prepare_winograd(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                              const WinogradScheme& scheme);

}  // namespace dsqbench
