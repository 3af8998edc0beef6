// From the sums of a kernel's elements to the output: the affine correction, then the epilogue, then packing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/api/convolution.h"
#include "kernels/portable/aligned_vector.h"
#include "kernels/portable/folded_thresholds.h"
#include "kernels/portable/operand.h"

namespace dsqbench {

// A sum of values, from the sum S of products of elements and the sum R of a pixel's activation elements:
//     factor * S + row_factor * R + constant[channel]
// With value = step * element + offset on both sides, sum a w = (sa a' + oa)(sw w' + ow) over k gives
//     factor = sa sw,  row_factor = sa ow,  constant = oa * (sum of the channel's weight values).
struct Affine {
    std::int32_t factor = 1;
    std::int32_t row_factor = 0;
    AlignedVector<std::int32_t> constants;  // [out_channels]
};

// Weights: codes, [OC][depth].
Affine make_affine(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights, Mapping activation_mapping,
                   Mapping weight_mapping);

// The epilogue with its lists padded to whole channel blocks, made once. Sums of a falling channel are negated, its
// thresholds too, so that every channel rises.
struct FinishPlan {
    FinishPlan(const ConvolutionProblem& problem, const Affine& affine, int block_channels);

    Epilogue epilogue;  // its scalars; the lists below replace its own
    int bits, out_channels;
    bool sums_are_totals;                                         // nothing to correct: the elements are the values
    std::int64_t largest_total;                                   // magnitude of a sum of values
    std::ptrdiff_t padded_channels;                               // a multiple of block_channels
    AlignedVector<std::int32_t> factors, row_factors, constants;  // [padded_channels]
    AlignedVector<std::int32_t> levels;                           // [2^bits - 1][padded_channels]
    AlignedVector<float> scale, bias;                             // [padded_channels], bias for every class
    AlignedVector<float> window_scale;                            // [padded_channels], or empty
    std::int64_t image_pixels = 0;                                // of an output image, for its classes
    FoldedThresholds folded;

private:
    void take(const KeepSums&) {}
    void take(const Thresholds& thresholds);
    void take(const Requantize& requantize);
    void take(const RealNumbers& real);
};

// Some consecutive output pixels, one block of channels.
struct FinishTask {
    const std::int32_t* sums;  // [pixels][sums_stride], of elements
    std::ptrdiff_t sums_stride;
    const std::int32_t* row_sums;  // [pixels]
    int pixels;
    int first_channel;         // a multiple of 8
    int channels;              // that exist, up to the block's
    std::int64_t first_pixel;  // of the output, images and rows counted through
    ConvolutionBuffers buffers;
};

using Finish = void (*)(const FinishPlan&, const FinishTask&);

void finish_portable(const FinishPlan& plan, const FinishTask& task);

}  // namespace dsqbench
