#include "kernels/portable/finish.h"

#include <algorithm>

#include "kernels/api/budget.h"
#include "kernels/portable/finish_lanes.h"

namespace dsqbench {
namespace {

template <class T, class Source>
AlignedVector<T> padded(const Source& source, std::ptrdiff_t length) {
    AlignedVector<T> copy(source.begin(), source.end());
    copy.resize(static_cast<std::size_t>(length));
    return copy;
}

}  // namespace

Affine make_affine(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights, Mapping activation_mapping,
                   Mapping weight_mapping) {
    Affine affine{activation_mapping.step * weight_mapping.step, activation_mapping.step * weight_mapping.offset, {}};
    const int depth = problem.shape.depth();
    for (int channel = 0; channel < problem.shape.out_channels; ++channel) {
        std::int32_t sum = 0;
        for (int k = 0; k < depth; ++k)
            sum += problem.weights.value(weights[static_cast<std::size_t>(channel) * static_cast<std::size_t>(depth) +
                                                 static_cast<std::size_t>(k)]);
        affine.constants.push_back(activation_mapping.offset * sum);
    }
    return affine;
}

FinishPlan::FinishPlan(const ConvolutionProblem& problem, const Affine& affine, int block)
    : epilogue(problem.epilogue),
      bits(output_bits(problem.epilogue)),
      out_channels(problem.shape.out_channels),
      sums_are_totals(affine.factor == 1 && affine.row_factor == 0 &&
                      std::all_of(affine.constants.begin(), affine.constants.end(), [](auto c) { return c == 0; })),
      largest_total(std::int64_t{problem.shape.depth()} *
                    magnitude(product(problem.activations.range(), problem.weights.range()))),
      padded_channels(round_up(out_channels, block)),
      factors(static_cast<std::size_t>(padded_channels), affine.factor),
      row_factors(static_cast<std::size_t>(padded_channels), affine.row_factor),
      constants(padded<std::int32_t>(affine.constants, padded_channels)) {
    std::visit([this](const auto& alternative) { take(alternative); }, problem.epilogue);
}

void FinishPlan::take(const Thresholds& thresholds) {
    const int count = (1 << bits) - 1;
    levels.resize(static_cast<std::size_t>(count * padded_channels));
    for (int channel = 0; channel < out_channels; ++channel) {
        const auto c = static_cast<std::size_t>(channel);
        const int sign = !thresholds.directions.empty() && thresholds.directions[c] == Direction::falling ? -1 : 1;
        factors[c] *= sign;
        row_factors[c] *= sign;
        constants[c] *= sign;
        for (int i = 0; i < count; ++i)
            levels[static_cast<std::size_t>(i * padded_channels + channel)] =
                sign * thresholds.levels[static_cast<std::size_t>(std::ptrdiff_t{channel} * count + i)];
    }
    folded = fold_thresholds(*this);
}

void FinishPlan::take(const Requantize& requantize) {
    scale = padded<float>(requantize.scale, padded_channels);
    bias = padded<float>(requantize.bias, padded_channels);
}

void FinishPlan::take(const RealNumbers& real) {
    scale = padded<float>(real.scale, padded_channels);
    image_pixels = static_cast<std::int64_t>(real.classes.size());
    const auto channels = static_cast<std::ptrdiff_t>(out_channels);
    for (auto first = real.bias.begin(); channels > 0 && first != real.bias.end(); first += channels) {
        bias.insert(bias.end(), first, first + channels);
        bias.resize(static_cast<std::size_t>(round_up(static_cast<std::ptrdiff_t>(bias.size()), padded_channels)));
    }
    if (!real.window_scale.empty()) window_scale = padded<float>(real.window_scale, padded_channels);
}

void finish_portable(const FinishPlan& plan, const FinishTask& task) {
    finish_lanes(plan, task);
}

}  // namespace dsqbench
