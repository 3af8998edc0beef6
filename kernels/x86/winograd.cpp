// 3x3 convolutions of stride 1 by Winograd's F(2x2, 3x3) in exact integers: 16 products for four outputs instead of 36.
// Transformed 3- and 4-bit codes still fit bytes, so the products are those of byte_pairs.cpp; they are larger, so
// fewer fit 16 bits: 16 at three bits, 3 at four.
//
// Blocked: the transformed activations of 24 tiles of 2x2 outputs stay in the second-level cache, and the sums of 16
// positions by 24 tiles by 16 channels (24 KiB) go from products to outputs without leaving the first.
#include <algorithm>
#include <cstring>

#include "kernels/api/budget.h"
#include "kernels/api/layout.h"
#include "kernels/portable/aligned_vector.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/byte_pairs.h"
#include "kernels/x86/variants.h"
#include "kernels/x86/winograd_transforms.h"

namespace dsqbench {
namespace {

constexpr int block_tiles = 24;  // a multiple of byte_pairs_pixels
constexpr int channels_per_block = byte_pairs_channels;
constexpr int finished_channels = 64;  // whole channel blocks, as in blocked_convolution.cpp
constexpr int step_bytes = channels_per_block * byte_pairs_step;

int run_length(const ConvolutionProblem& problem) {
    return byte_pair_budget(winograd_activations(problem.activations.bits), winograd_weights(problem.weights.range()));
}

class WinogradConvolution : public Convolution {
public:
    WinogradConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights);
    void run(const ConvolutionBuffers& buffers, Workspace& workspace) const override;

private:
    struct Scratch {
        std::byte* activations;  // [positions][block_tiles][row_bytes_]
        std::int32_t* products;  // [positions][block_tiles][channels_per_block]
        std::int32_t* sums;      // [2 rows][2 block_tiles pixels][finished_channels]
    };
    struct Tiles {
        std::int64_t first;  // tiles are counted through rows and images
        int count;
    };
    struct Place {
        std::int64_t image;
        int y, x;  // of the tile's upper left output
    };

    void pack_weights(std::span<const std::uint8_t> weights);
    void fill_block(const AlignedVector<std::int16_t>& transformed, int first_channel);
    Place place(std::int64_t tile) const;
    void transform(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const;
    void multiply(Tiles tiles, int channel_block, const Scratch& scratch) const;
    void collect(Tiles tiles, int channel, const Scratch& scratch) const;
    void finish(const ConvolutionBuffers& buffers, Tiles tiles, int first_channel, const Scratch& scratch) const;

    ConvolutionProblem problem_;
    FinishPlan plan_;
    int out_height_, out_width_, tile_rows_, tile_columns_, steps_;
    std::ptrdiff_t pixel_bytes_, row_bytes_;
    AlignedVector<std::byte> padding_;          // a padding pixel
    AlignedVector<std::byte> weights_;          // [channel blocks][positions][steps][step_bytes]
    AlignedVector<std::int32_t> compensation_;  // [channel blocks][positions][channels_per_block]
};

WinogradConvolution::WinogradConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights)
    : problem_(problem),
      plan_(problem, make_affine(problem, weights, code_mapping(problem.activations), {}), channels_per_block),
      out_height_(problem.shape.out_height()),
      out_width_(problem.shape.out_width()),
      tile_rows_((out_height_ + 1) / 2),
      tile_columns_((out_width_ + 1) / 2),
      pixel_bytes_(pixel_bytes(problem.shape.in_channels, problem.activations.bits)),
      row_bytes_(round_up(pixel_bytes_, 32)) {
    steps_ = static_cast<int>(pixel_bytes_ / byte_pairs_step);
    const std::vector<std::uint8_t> codes(static_cast<std::size_t>(problem.shape.in_channels),
                                          static_cast<std::uint8_t>(problem.padding_code));
    padding_.resize(static_cast<std::size_t>(pixel_bytes_));
    if (!codes.empty()) std::memcpy(padding_.data(), codes.data(), codes.size());
    pack_weights(weights);
}

void WinogradConvolution::pack_weights(std::span<const std::uint8_t> weights) {
    const int in_channels = problem_.shape.in_channels;
    const std::ptrdiff_t position_stride = channels_per_block * pixel_bytes_;
    for (int first = 0; first < problem_.shape.out_channels; first += channels_per_block) {
        const int channels = std::min(channels_per_block, problem_.shape.out_channels - first);
        AlignedVector<std::int16_t> transformed(static_cast<std::size_t>(winograd_positions * position_stride));
        for (int channel = 0; channel < channels; ++channel) {
            for (int c = 0; c < in_channels; ++c) {
                std::array<int, 9> filter{};
                for (std::size_t tap = 0; tap < 9; ++tap)
                    filter[tap] = problem_.weights.value(weights[(static_cast<std::size_t>(first + channel) * 9 + tap) *
                                                                     static_cast<std::size_t>(in_channels) +
                                                                 static_cast<std::size_t>(c)]);
                const auto values = transform_weights(filter);
                for (int p = 0; p < winograd_positions; ++p)
                    transformed[static_cast<std::size_t>(p * position_stride + channel * pixel_bytes_ + c)] =
                        static_cast<std::int16_t>(values[static_cast<std::size_t>(p)]);
            }
        }
        fill_block(transformed, first);
    }
}

// `transformed`: [positions][channels_per_block][pixel_bytes_]
void WinogradConvolution::fill_block(const AlignedVector<std::int16_t>& transformed, int first_channel) {
    const int channels = std::min(channels_per_block, problem_.shape.out_channels - first_channel);
    const std::ptrdiff_t size = std::ptrdiff_t{steps_} * step_bytes;
    for (int p = 0; p < winograd_positions; ++p) {
        const std::int16_t* rows = transformed.data() + p * channels_per_block * pixel_bytes_;
        const auto at = static_cast<std::ptrdiff_t>(weights_.size());
        weights_.resize(weights_.size() + static_cast<std::size_t>(size));
        pack_byte_pairs({rows, pixel_bytes_, channels, 0}, steps_, weights_.data() + at);
        for (int channel = 0; channel < channels_per_block; ++channel) {
            std::int32_t sum = 0;
            for (std::ptrdiff_t c = 0; c < pixel_bytes_; ++c) sum += rows[channel * pixel_bytes_ + c];
            compensation_.push_back(-sum * winograd_offset(p, problem_.activations.bits));
        }
    }
}

WinogradConvolution::Place WinogradConvolution::place(std::int64_t tile) const {
    const std::int64_t row = tile / tile_columns_;
    return {row / tile_rows_, static_cast<int>(row % tile_rows_) * 2, static_cast<int>(tile % tile_columns_) * 2};
}

void WinogradConvolution::run(const ConvolutionBuffers& buffers, Workspace& workspace) const {
    const std::ptrdiff_t activations = winograd_positions * block_tiles * row_bytes_;
    const std::ptrdiff_t products = winograd_positions * block_tiles * channels_per_block * 4;
    const std::ptrdiff_t sums = 2 * 2 * block_tiles * finished_channels * 4;
    std::byte* memory = workspace.reserve(static_cast<std::size_t>(activations + products + sums));
    const Scratch scratch{memory, reinterpret_cast<std::int32_t*>(memory + activations),
                          reinterpret_cast<std::int32_t*>(memory + activations + products)};
    const std::int64_t tiles = std::int64_t{problem_.shape.batch} * tile_rows_ * tile_columns_;
    for (std::int64_t first = 0; first < tiles; first += block_tiles) {
        const Tiles block{first, static_cast<int>(std::min<std::int64_t>(block_tiles, tiles - first))};
        transform(buffers, block, scratch);
        for (int channel = 0; channel < problem_.shape.out_channels; channel += channels_per_block) {
            multiply(block, channel / channels_per_block, scratch);
            collect(block, channel % finished_channels, scratch);
            const int end = channel + channels_per_block;
            if (end % finished_channels == 0 || end >= problem_.shape.out_channels)
                finish(buffers, block, channel / finished_channels * finished_channels, scratch);
        }
    }
}

void WinogradConvolution::transform(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const {
    const ConvolutionShape& shape = problem_.shape;
    const auto* image = reinterpret_cast<const std::byte*>(buffers.activations);
    for (int tile = 0; tile < tiles.count; ++tile) {
        const Place at = place(tiles.first + tile);
        PatchTask task{{},
                       pixel_bytes_,
                       problem_.activations.bits,
                       scratch.activations + tile * row_bytes_,
                       block_tiles * row_bytes_};
        for (int p = 0; p < winograd_positions; ++p) {
            const int y = at.y - shape.padding.top + p / 4;
            const int x = at.x - shape.padding.left + p % 4;
            const bool inside = y >= 0 && y < shape.height && x >= 0 && x < shape.width;
            task.pixels[static_cast<std::size_t>(p)] =
                inside ? image + ((at.image * shape.height + y) * shape.width + x) * pixel_bytes_ : padding_.data();
        }
        transform_patch(task);
    }
}

void WinogradConvolution::multiply(Tiles tiles, int channel_block, const Scratch& scratch) const {
    TileTask task{};
    task.panel_stride = row_bytes_;
    task.steps = steps_;
    task.run_length = run_length(problem_);
    task.sums_stride = channels_per_block;
    for (int p = 0; p < winograd_positions; ++p) {
        const std::ptrdiff_t block_position = std::ptrdiff_t{channel_block} * winograd_positions + p;
        task.weights = weights_.data() + block_position * steps_ * step_bytes;
        task.start = compensation_.data() + block_position * channels_per_block;
        for (int tile = 0; tile < tiles.count; tile += byte_pairs_pixels) {
            const std::ptrdiff_t row = std::ptrdiff_t{p} * block_tiles + tile;
            task.panel = scratch.activations + row * row_bytes_;
            task.sums = scratch.products + row * channels_per_block;
            task.pixels = std::min(byte_pairs_pixels, tiles.count - tile);
            byte_pairs_tile(task);
        }
    }
}

void WinogradConvolution::collect(Tiles tiles, int channel, const Scratch& scratch) const {
    constexpr std::ptrdiff_t row = 2 * block_tiles * finished_channels;
    for (int tile = 0; tile < tiles.count; ++tile) {
        std::int32_t* upper = scratch.sums + std::ptrdiff_t{2} * tile * finished_channels + channel;
        transform_output({scratch.products + std::ptrdiff_t{tile} * channels_per_block,
                          block_tiles * channels_per_block,
                          {upper, upper + finished_channels, upper + row, upper + row + finished_channels}});
    }
}

// Tiles of one row are consecutive pixels of two output rows.
void WinogradConvolution::finish(const ConvolutionBuffers& buffers, Tiles tiles, int first_channel,
                                 const Scratch& scratch) const {
    static constexpr std::int32_t no_row_sums[2 * block_tiles] = {};
    const int channels = std::min(finished_channels, problem_.shape.out_channels - first_channel);
    for (int tile = 0; tile < tiles.count;) {
        const Place at = place(tiles.first + tile);
        const int run = std::min(tiles.count - tile, tile_columns_ - at.x / 2);
        const int pixels = std::min(2 * run, out_width_ - at.x);
        for (int y = 0; y < 2 && at.y + y < out_height_; ++y) {
            const std::int64_t pixel = (at.image * out_height_ + at.y + y) * out_width_ + at.x;
            const std::int32_t* sums = scratch.sums + (y * 2 * block_tiles + 2 * tile) * finished_channels;
            finish_avx2(plan_, {sums, finished_channels, no_row_sums, pixels, first_channel, channels, pixel, buffers});
        }
        tile += run;
    }
}

bool supports(const ConvolutionProblem& problem) {
    const ConvolutionShape& shape = problem.shape;
    return !shape.depthwise() && shape.kernel_height == 3 && shape.kernel_width == 3 && shape.stride == 1 &&
           codes_per_byte(problem.activations.bits) == 1 &&
           fits(winograd_activations(problem.activations.bits), unsigned_8_bit) &&
           fits(winograd_weights(problem.weights.range()), signed_8_bit) && run_length(problem) >= 1;
}

// 16 products instead of 36, at byte_pairs.cpp's price; per 32 input channels of a tile some 100 instructions for the
// activations' transform, shared by all output channels, and per 8 output channels some 60 for the output's.
double cost(const ConvolutionProblem& problem) {
    const double products = (2.0 + 3.0 / run_length(problem)) / 32.0 * 16.0 / 36.0;
    const double activations = 100.0 / (36.0 * 32.0) / std::max(1, problem.shape.out_channels);
    const double outputs = 60.0 / (36.0 * 8.0) / std::max(1, problem.shape.in_channels);
    return products + activations + outputs;
}

std::unique_ptr<Convolution> prepare_winograd(const ConvolutionProblem& problem,
                                              std::span<const std::uint8_t> weights) {
    return std::make_unique<WinogradConvolution>(problem, weights);
}

}  // namespace

KernelVariant avx2_winograd_variant() {
    return {"avx2/winograd", InstructionSet::avx2, supports, cost, prepare_winograd};
}

}  // namespace dsqbench
