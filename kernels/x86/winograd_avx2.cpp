// Winograd's F(2x2, 3x3) on AVX2. Transformed 3- and 4-bit codes still fit bytes, so the products are those of
// byte_pairs.cpp; they are larger, so fewer fit 16 bits: at the centre positions 16 at three bits and 3 at four.
// Transformed 8-bit codes are words, whose products are those of word_pairs.cpp.
#include <algorithm>
#include <limits>

#include "kernels/api/budget.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/byte_pairs.h"
#include "kernels/x86/variants.h"
#include "kernels/x86/winograd.h"
#include "kernels/x86/word_pairs.h"

namespace dsqbench {
namespace {

int unlimited(Range, Range) {
    return std::numeric_limits<int>::max();
}

constexpr WinogradScheme of_bytes{OperandFormat::bytes, byte_pairs_pixels, byte_pairs_channels, byte_pairs_step,
                                  byte_pair_budget,     byte_pairs_tile,   pack_byte_pairs,     transform_patch,
                                  transform_output,     finish_avx2};
constexpr WinogradScheme of_words{
    OperandFormat::words, word_pairs_pixels, word_pairs_channels,      word_pairs_step,  unlimited,
    word_pairs_tile,      pack_word_pairs,   transform_patch_to_words, transform_output, finish_avx2};

// 16 products instead of 36; per 32 elements of a tile's input some 100 instructions for the transform, shared by all
// output channels, and per 8 output channels some 70 for the output's.
double winograd_cost(const ConvolutionProblem& problem, double product, double element) {
    const double activations = element * 100.0 / (36.0 * 32.0) / std::max(1, problem.shape.out_channels);
    const double outputs = 70.0 / (36.0 * 8.0) / std::max(1, problem.shape.in_channels);
    const double padded = product * padding_factor(problem.shape.out_channels, byte_pairs_channels);
    return padded * 16.0 / 36.0 + activations + outputs;
}

bool bytes_support(const ConvolutionProblem& problem) {
    return winograd_supports(problem, of_bytes);
}

double bytes_cost(const ConvolutionProblem& problem) {
    const int run =
        byte_pair_budget(winograd_activations(problem.activations.bits), winograd_weights(problem.weights.range()));
    return winograd_cost(problem, (2.0 + 2.0 / run) / 32.0, 1.0);
}

std::unique_ptr<Convolution> prepare_bytes(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    return prepare_winograd(problem, weights, of_bytes);
}

bool words_support(const ConvolutionProblem& problem) {
    return winograd_supports(problem, of_words);
}

double words_cost(const ConvolutionProblem& problem) {
    return winograd_cost(problem, 2.0 / 16.0, 2.0);
}

std::unique_ptr<Convolution> prepare_words(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    return prepare_winograd(problem, weights, of_words);
}

}  // namespace

KernelVariant avx2_winograd_variant() {
    return {"avx2/winograd", InstructionSet::avx2, bytes_support, bytes_cost, prepare_bytes};
}

KernelVariant avx2_winograd_words_variant() {
    return {"avx2/winograd_words", InstructionSet::avx2, words_support, words_cost, prepare_words};
}

}  // namespace dsqbench
