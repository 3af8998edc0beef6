// The loops around every inner loop: blocks of output pixels, of channels, of steps; gathering before, finishing after.
#pragma once

#include <memory>
#include <span>

#include "kernels/portable/panel.h"
#include "kernels/portable/scheme.h"

namespace dsqbench {

// The weights' elements in the order of a panel's rows, 0 for channels and steps that only fill up: [OC][row_elements].
AlignedVector<std::int16_t> weight_rows(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                        Mapping mapping, const Panel& panel);

// Groups 1 only.
class BlockedConvolution : public Convolution {
public:
    BlockedConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights, const Scheme& scheme);
    std::size_t weight_bytes() const override { return weights_.size(); }
    std::int64_t blocks() const override;
    std::size_t input_bytes() const override;
    void prepare_input(const ConvolutionBuffers& buffers, std::byte* input) const override;
    std::size_t scratch_bytes() const override;
    void run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* scratch,
                    Blocks range) const override;

private:
    // What prepare_input() makes of the activations.
    struct Input {
        const std::byte* image;
        const std::int32_t* windows;  // Panel::sum_windows()
    };

    struct Scratch {
        std::byte* panel;
        std::int32_t* row_sums;
        std::int32_t* sums;
    };

    // Output pixels that share a panel, and the weights while these are in the cache.
    struct Chunk {
        std::int64_t first;
        int count;
        const std::byte* rows;
    };

    Scratch divide(std::byte* memory) const;
    std::ptrdiff_t image_size() const;
    std::ptrdiff_t windows_size() const;
    std::ptrdiff_t panel_size() const;
    void pack_weights(std::span<const std::uint8_t> weights);
    Chunk prepare_chunk(const Input& input, std::int64_t first, int count, const Scratch& scratch) const;
    void run_chunk(const Chunk& chunk, const ConvolutionBuffers& buffers, const Scratch& scratch) const;
    void multiply(const Chunk& chunk, int channel_block, std::int32_t* sums) const;

    ConvolutionProblem problem_;
    Scheme scheme_;
    OperandImage image_;
    Panel panel_;
    Affine affine_;
    FinishPlan plan_;
    int steps_ = 0;
    int tiles_per_chunk_ = 0, pixels_per_chunk_ = 0;
    int finished_channels_ = 0;         // whole channel blocks
    AlignedVector<std::byte> weights_;  // [channel blocks][steps][step_weight_bytes]
};

}  // namespace dsqbench
