// Problems with their codes, and what a kernel makes of them.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "kernels/api/layout.h"
#include "kernels/api/variant.h"

namespace dsqbench::testing {

// Which codes a tensor is filled with. The extremes exhaust the overflow budgets.
enum class Fill { random, lowest, highest };

struct Fills {
    Fill activations = Fill::random;
    Fill weights = Fill::random;
};

struct Sample {
    ConvolutionProblem problem;
    std::vector<std::uint8_t> activations, residual;  // packed
    std::vector<std::uint8_t> weights;                // one byte a code
    std::vector<float> shortcut = {};
    std::vector<std::int32_t> window_sums = {};
};

inline std::vector<std::uint8_t> make_codes(std::size_t count, int bits, Fill fill, std::mt19937& random) {
    std::uniform_int_distribution<int> any(0, (1 << bits) - 1);
    std::vector<std::uint8_t> codes(count);
    for (std::uint8_t& code : codes)
        code = static_cast<std::uint8_t>(fill == Fill::lowest    ? 0
                                         : fill == Fill::highest ? (1 << bits) - 1
                                                                 : any(random));
    return codes;
}

inline Sample make_sample(const ConvolutionProblem& problem, Fills fills, std::mt19937& random) {
    const ConvolutionShape& shape = problem.shape;
    Sample sample{problem, {}, {}, make_codes(weight_count(problem), problem.weights.bits, fills.weights, random)};
    const auto in = static_cast<std::size_t>(shape.in_pixels() * shape.in_channels);
    sample.activations = pack_codes(make_codes(in, problem.activations.bits, fills.activations, random),
                                    shape.in_channels, problem.activations.bits);
    const auto* requantize = std::get_if<Requantize>(&problem.epilogue);
    if (requantize != nullptr && requantize->residual) {
        const auto out = static_cast<std::size_t>(shape.out_pixels() * shape.out_channels);
        const int bits = requantize->residual->type.bits;
        sample.residual = pack_codes(make_codes(out, bits, Fill::random, random), shape.out_channels, bits);
    }
    if (std::holds_alternative<RealNumbers>(problem.epilogue)) {
        std::normal_distribution<double> normal;
        for (std::int64_t i = 0; i < shape.out_pixels() * shape.out_channels; ++i)
            sample.shortcut.push_back(static_cast<float>(normal(random)));
        for (std::int64_t i = 0; i < shape.out_pixels(); ++i)
            sample.window_sums.push_back(static_cast<std::int32_t>(i * 7 % 23));
    }
    return sample;
}

// The output's bytes, then those of codes beside it. The buffers start as 0xCD, so that bytes that a kernel leaves out
// show.
inline std::vector<std::uint8_t> run(const KernelVariant& variant, const Sample& sample) {
    const ConvolutionShape& shape = sample.problem.shape;
    std::vector<std::uint8_t> output(output_bytes(sample.problem), 0xCD), codes[most_grids];
    ConvolutionBuffers buffers{sample.activations.data(), sample.residual.data(), output.data()};
    buffers.shortcut = sample.shortcut.data();
    buffers.window_sums = sample.window_sums.data();
    if (const auto* real = std::get_if<RealNumbers>(&sample.problem.epilogue))
        for (std::size_t i = 0; i < real->grids.size(); ++i) {
            const int bytes = pixel_bytes(shape.out_channels, real->grids[i].bits);
            codes[i].assign(static_cast<std::size_t>(shape.out_pixels() * bytes), 0xCD);
            buffers.codes[i] = codes[i].data();
        }
    Workspace workspace;
    prepare(variant, sample.problem, sample.weights)->run(buffers, workspace);
    for (const auto& more : codes) output.insert(output.end(), more.begin(), more.end());
    return output;
}

inline std::string describe(const CodeType& type) {
    constexpr const char* letters[] = {"u", "s", "o"};
    return letters[static_cast<int>(type.coding)] + std::to_string(type.bits);
}

// Enough to repeat a failing case.
inline std::string describe(const ConvolutionProblem& problem) {
    const ConvolutionShape& shape = problem.shape;
    std::string text = "weights " + describe(problem.weights) + " activations " + describe(problem.activations);
    for (const int number :
         {shape.batch, shape.height, shape.width, shape.in_channels, shape.out_channels, shape.kernel_height,
          shape.kernel_width, shape.stride, shape.padding.top, shape.padding.bottom, shape.padding.left,
          shape.padding.right, shape.groups, problem.padding_code, static_cast<int>(problem.epilogue.index()),
          output_bits(problem.epilogue)})
        text += " " + std::to_string(number);
    return text;
}

}  // namespace dsqbench::testing
