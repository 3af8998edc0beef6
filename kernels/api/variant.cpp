#include "kernels/api/variant.h"

#include <algorithm>

#include "kernels/api/error.h"
#include "kernels/portable/variants.h"
#include "kernels/reference/convolution.h"
#if defined(__x86_64__)
#include "kernels/x86/variants.h"
#elif defined(__aarch64__)
#include "kernels/arm/variants.h"
#endif

namespace dsqbench {
namespace {

// An explicit list, not self-registration: a linker drops nothing from it, and the order is the order of `ls`.
std::vector<KernelVariant> build_list() {
    std::vector<KernelVariant> variants{reference_variant(), portable_variant(), portable_depthwise_variant()};
#if defined(__x86_64__)
    variants.push_back(avx2_dictionary_variant());
    variants.push_back(avx2_byte_pairs_variant());
    variants.push_back(avx2_word_pairs_variant());
    variants.push_back(avx2_winograd_variant());
    variants.push_back(avx2_winograd_words_variant());
    variants.push_back(avx_vnni_variant());
    variants.push_back(avx_vnni_winograd_variant());
    variants.push_back(avx512_dictionary_variant());
    variants.push_back(avx512_popcount_variant());
    variants.push_back(avx512_vnni_variant());
    variants.push_back(avx512_vnni_winograd_variant());
#elif defined(__aarch64__)
    variants.push_back(neon_multiply_accumulate_variant());
    variants.push_back(neon_multiply_long_variant());
    variants.push_back(neon_dictionary_variant());
    variants.push_back(neon_outer_product_variant());
    variants.push_back(neon_dot_product_variant());
    variants.push_back(neon_matrix_multiply_variant());
#endif
    return variants;
}

void validate_weights(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    if (weights.size() != weight_count(problem))
        throw ShapeError("there are " + std::to_string(weights.size()) + " weights, must be " +
                         std::to_string(weight_count(problem)));
    const int levels = problem.weights.levels();
    if (std::any_of(weights.begin(), weights.end(), [levels](int code) { return code >= levels; }))
        throw ShapeError("a weight has more than " + std::to_string(problem.weights.bits) + " bits");
}

}  // namespace

const std::vector<KernelVariant>& kernel_variants() {
    static const std::vector<KernelVariant> variants = build_list();
    return variants;
}

const KernelVariant& find_variant(std::string_view name) {
    std::string known;
    for (const KernelVariant& variant : kernel_variants()) {
        if (variant.name == name) return variant;
        known += (known.empty() ? "" : ", ") + variant.name;
    }
    throw KernelError("unknown kernel '" + std::string(name) + "'; known: " + known);
}

const KernelVariant& choose_variant(const ConvolutionProblem& problem, InstructionSets available) {
    const KernelVariant* best = nullptr;
    for (const KernelVariant& variant : kernel_variants()) {
        if (!available.contain(variant.needs) || !variant.supports(problem)) continue;
        if (best == nullptr || variant.cost(problem) < best->cost(problem)) best = &variant;
    }
    return *best;  // the reference supports everything and needs nothing
}

std::unique_ptr<Convolution> prepare(const KernelVariant& variant, const ConvolutionProblem& problem,
                                     std::span<const std::uint8_t> weights) {
    validate(problem);
    validate_weights(problem, weights);
    if (!available_instruction_sets().contain(variant.needs))
        throw KernelError("kernel '" + variant.name + "' needs " + name(variant.needs) + "; this processor has " +
                          name(available_instruction_sets()));
    if (!variant.supports(problem)) throw KernelError("kernel '" + variant.name + "' does not support this problem");
    return variant.prepare(problem, weights);
}

std::unique_ptr<Convolution> prepare(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights) {
    validate(problem);
    return prepare(choose_variant(problem, available_instruction_sets()), problem, weights);
}

}  // namespace dsqbench
