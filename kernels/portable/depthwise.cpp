// Depth-wise convolution: no channel meets another, so the channels are the vector lanes and the taps the only sum.
#include <algorithm>
#include <cstring>

#include "kernels/portable/blocked_convolution.h"
#include "kernels/portable/variants.h"

namespace dsqbench {
namespace {

constexpr int lane_unit = 8;

class DepthwiseConvolution : public Convolution {
public:
    DepthwiseConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights)
        : problem_(problem),
          image_(problem, OperandFormat::words, {}),
          panel_(problem, image_, 1),
          plan_(problem, Affine{1, 0, AlignedVector<std::int32_t>(static_cast<std::size_t>(problem.shape.groups))},
                lane_unit) {
        const auto taps = static_cast<std::size_t>(problem.shape.taps());
        const auto lanes = static_cast<std::size_t>(image_.pixel_elements());
        weights_.resize(taps * lanes);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights_[i % taps * lanes + i / taps] = static_cast<std::int16_t>(problem.weights.value(weights[i]));
    }

    std::size_t weight_bytes() const override { return weights_.size() * sizeof(std::int16_t); }

    // A block is a row of the output.
    std::int64_t blocks() const override {
        return problem_.shape.out_pixels() == 0 ? 0 : std::int64_t{problem_.shape.batch} * problem_.shape.out_height();
    }
    std::size_t input_bytes() const override {
        return static_cast<std::size_t>(problem_.shape.in_pixels() * image_.pixel_bytes());
    }
    void prepare_input(const ConvolutionBuffers& buffers, std::byte* input) const override {
        image_.expand(buffers.activations, problem_.shape.in_pixels(), input);
    }
    std::size_t scratch_bytes() const override {
        return static_cast<std::size_t>(round_up(panel_.row_bytes(), 64) + plan_.padded_channels * 4);
    }
    void run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* scratch,
                    Blocks range) const override {
        auto* sums = reinterpret_cast<std::int32_t*>(scratch + round_up(panel_.row_bytes(), 64));
        const int width = problem_.shape.out_width();
        for (std::int64_t pixel = range.first * width; pixel < range.end * width; ++pixel) {
            panel_.gather(input, pixel, 1, scratch);
            multiply(reinterpret_cast<const std::int16_t*>(scratch), sums);
            finish(pixel, sums, buffers);
        }
    }

private:
    void multiply(const std::int16_t* row, std::int32_t* sums) const {
        const int lanes = image_.pixel_elements();
        std::fill_n(sums, plan_.padded_channels, 0);
        const std::int16_t* weight = weights_.data();
        for (int tap = 0; tap < problem_.shape.taps(); ++tap, row += lanes, weight += lanes)
            for (int lane = 0; lane < problem_.shape.groups; ++lane) sums[lane] += row[lane] * weight[lane];
    }

    void finish(std::int64_t pixel, const std::int32_t* sums, const ConvolutionBuffers& buffers) const {
        const std::int32_t no_row_sum = 0;
        for (int channel = 0; channel < problem_.shape.out_channels; channel += lane_unit)
            finish_portable(plan_, {sums + channel, 0, &no_row_sum, 1, channel,
                                    std::min(lane_unit, problem_.shape.out_channels - channel), pixel, buffers});
    }

    ConvolutionProblem problem_;
    OperandImage image_;
    Panel panel_;
    FinishPlan plan_;
    AlignedVector<std::int16_t> weights_;  // [taps][padded channels]
};

bool supports(const ConvolutionProblem& problem) {
    return problem.shape.depthwise();
}

double cost(const ConvolutionProblem&) {
    return 1.0;
}

std::unique_ptr<Convolution> prepare_depthwise(const ConvolutionProblem& problem,
                                               std::span<const std::uint8_t> weights) {
    return std::make_unique<DepthwiseConvolution>(problem, weights);
}

}  // namespace

KernelVariant portable_depthwise_variant() {
    return {"portable/depthwise", InstructionSet::baseline, supports, cost, prepare_depthwise};
}

}  // namespace dsqbench
