// Exact products of any codes on processors with VNNI: directly, and by Winograd where transformed codes fit bytes.
#include "kernels/x86/vnni.h"

#include <algorithm>
#include <limits>

#include "kernels/api/budget.h"
#include "kernels/api/processor_model.h"
#include "kernels/portable/blocked_convolution.h"
#include "kernels/x86/avx512.h"
#include "kernels/x86/variants.h"
#include "kernels/x86/winograd.h"

namespace dsqbench {
namespace {

constexpr InstructionSets needs_avx512_vnni = avx512_base | InstructionSet::avx512_vnni;
constexpr InstructionSets needs_avx_vnni = InstructionSets(InstructionSet::avx2) | InstructionSet::avx_vnni;

void pack(const WeightBlock& block, int channels, int steps, std::byte* packed) {
    for (int step = 0; step < steps; ++step)
        for (int channel = 0; channel < channels; ++channel)
            for (int i = 0; i < vnni_step; ++i)
                *packed++ = static_cast<std::byte>(block.at(channel, step * vnni_step + i));
}

int unlimited(Range, Range) {
    return std::numeric_limits<int>::max();
}

// Weights as values where these fit signed bytes, else as codes less 2^(b-1), with a row sum to correct them.
Mapping weight_mapping(const CodeType& type) {
    return fits(type.range(), signed_8_bit) ? Mapping{} : centred_mapping(type);
}

Scheme direct_scheme(const ConvolutionProblem& problem, int channels) {
    Scheme scheme{};
    scheme.format = OperandFormat::bytes;
    scheme.activations = code_mapping(problem.activations);
    scheme.weights = weight_mapping(problem.weights);
    scheme.block_channels = channels;
    scheme.step_elements = vnni_step;
    scheme.step_weight_bytes = channels * vnni_step;
    scheme.steps_per_block = 288 * 16 / channels;  // 18 KiB of weights
    scheme.finish = finish_avx2;
    scheme.copy = copy_rows_avx2;
    return scheme;
}

bool supports(const ConvolutionProblem& problem) {
    return !problem.shape.depthwise();
}

// One instruction for 64 or 32 products.
double avx512_cost(const ConvolutionProblem& problem) {
    return wide_instruction_cost() / 64.0 * padding_factor(problem.shape.out_channels, avx512_vnni_channels);
}

double avx_cost(const ConvolutionProblem& problem) {
    return 1.0 / 32.0 * padding_factor(problem.shape.out_channels, avx_vnni_channels);
}

std::unique_ptr<Convolution> prepare_avx512(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    Scheme scheme = direct_scheme(problem, avx512_vnni_channels);
    scheme.tile_pixels = avx512_vnni_pixels;
    scheme.tile = avx512_vnni_tile;
    scheme.pack = pack_avx512_vnni;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

std::unique_ptr<Convolution> prepare_avx(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    Scheme scheme = direct_scheme(problem, avx_vnni_channels);
    scheme.tile_pixels = avx_vnni_pixels;
    scheme.tile = avx_vnni_tile;
    scheme.pack = pack_avx_vnni;
    return std::make_unique<BlockedConvolution>(problem, weights, scheme);
}

constexpr WinogradScheme avx512_winograd{
    OperandFormat::bytes, avx512_vnni_pixels, avx512_vnni_channels, vnni_step,        unlimited,
    avx512_vnni_tile,     pack_avx512_vnni,   transform_patch,      transform_output, finish_avx2};
constexpr WinogradScheme avx_winograd{
    OperandFormat::bytes, avx_vnni_pixels, avx_vnni_channels, vnni_step,        unlimited,
    avx_vnni_tile,        pack_avx_vnni,   transform_patch,   transform_output, finish_avx2};

bool winograd_fits(const ConvolutionProblem& problem) {
    return winograd_supports(problem, avx512_winograd);
}

// As for AVX2, whose transforms these are.
double winograd_cost(const ConvolutionProblem& problem, double product) {
    const double activations = 100.0 / (36.0 * 32.0) / std::max(1, problem.shape.out_channels);
    const double outputs = 70.0 / (36.0 * 8.0) / std::max(1, problem.shape.in_channels);
    return product * 16.0 / 36.0 + activations + outputs;
}

}  // namespace

void pack_avx512_vnni(const WeightBlock& block, int steps, std::byte* packed) {
    pack(block, avx512_vnni_channels, steps, packed);
}

void pack_avx_vnni(const WeightBlock& block, int steps, std::byte* packed) {
    pack(block, avx_vnni_channels, steps, packed);
}

KernelVariant avx512_vnni_variant() {
    return {"avx512_vnni/dot_product", needs_avx512_vnni, supports, avx512_cost, prepare_avx512};
}

KernelVariant avx_vnni_variant() {
    return {"avx_vnni/dot_product", needs_avx_vnni, supports, avx_cost, prepare_avx};
}

KernelVariant avx512_vnni_winograd_variant() {
    return {"avx512_vnni/winograd", needs_avx512_vnni, winograd_fits,
            [](const ConvolutionProblem& problem) { return winograd_cost(problem, avx512_cost(problem)); },
            [](const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
                return prepare_winograd(problem, weights, avx512_winograd);
            }};
}

KernelVariant avx_vnni_winograd_variant() {
    return {"avx_vnni/winograd", needs_avx_vnni, winograd_fits,
            [](const ConvolutionProblem& problem) { return winograd_cost(problem, avx_cost(problem)); },
            [](const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
                return prepare_winograd(problem, weights, avx_winograd);
            }};
}

}  // namespace dsqbench
