// 3x3 convolutions of stride 1 by Winograd's F(2x2, 3x3) in exact integers: 16 products for four outputs instead of 36.
//
// Blocked: the transformed activations of 24 tiles of 2x2 outputs stay in the second-level cache, and the sums of 16
// positions by 24 tiles by 16 channels (24 KiB) go from products to outputs without leaving the first.
#include "kernels/x86/winograd.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "kernels/api/budget.h"
#include "kernels/api/layout.h"
#include "kernels/portable/aligned_vector.h"
#include "kernels/portable/prefetch.h"

namespace dsqbench {
namespace {

constexpr int most_block_tiles = 24;
constexpr int least_finished_channels = 64;  // whole channel blocks, as in blocked_convolution.cpp

Range activation_range(const ConvolutionProblem& problem, const WinogradScheme& scheme) {
    const int bits = problem.activations.bits;
    return scheme.format == OperandFormat::bytes ? winograd_activations(bits) : winograd_signed_activations(bits);
}

class WinogradConvolution : public Convolution {
public:
    WinogradConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                        const WinogradScheme& scheme);
    std::size_t weight_bytes() const override { return weights_.size() + compensation_.size() * sizeof(std::int32_t); }
    std::int64_t blocks() const override;
    std::size_t scratch_bytes() const override;
    void run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* memory,
                    Blocks range) const override;

private:
    struct Scratch {
        std::byte* activations;  // [positions][block_tiles_][row_bytes_]
        std::int32_t* products;  // [positions][block_tiles_][block_channels]
        std::int32_t* sums;      // [2 rows][2 block_tiles_ pixels][finished_channels_]
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
    std::int64_t tile_count() const;
    std::ptrdiff_t activation_size() const;
    std::ptrdiff_t product_size() const;
    void run_tiles(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const;
    Place place(std::int64_t tile) const;
    void find_pixels(const std::byte* image, Place at, std::array<const std::byte*, winograd_positions>& pixels) const;
    void transform(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const;
    void multiply(Tiles tiles, int channel_block, const Scratch& scratch) const;
    void collect(Tiles tiles, int channel, const Scratch& scratch) const;
    void finish(const ConvolutionBuffers& buffers, Tiles tiles, int first_channel, const Scratch& scratch) const;

    ConvolutionProblem problem_;
    WinogradScheme scheme_;
    FinishPlan plan_;
    int out_height_, out_width_, tile_rows_, tile_columns_, steps_, block_tiles_, finished_channels_;
    std::ptrdiff_t pixel_bytes_;                // of packed codes, which are bytes
    std::ptrdiff_t row_bytes_;                  // of a tile's elements at one position
    AlignedVector<std::byte> padding_;          // a padding pixel
    AlignedVector<std::byte> weights_;          // [channel blocks][positions][steps][step_bytes]
    AlignedVector<std::int32_t> compensation_;  // [channel blocks][positions][block_channels]
    std::array<int, winograd_positions> run_lengths_{};
};

WinogradConvolution::WinogradConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                         const WinogradScheme& scheme)
    : problem_(problem),
      scheme_(scheme),
      plan_(problem, make_affine(problem, weights, code_mapping(problem.activations), {}), scheme.block_channels),
      out_height_(problem.shape.out_height()),
      out_width_(problem.shape.out_width()),
      tile_rows_((out_height_ + 1) / 2),
      tile_columns_((out_width_ + 1) / 2),
      block_tiles_(static_cast<int>(round_up(balanced(tile_count(), most_block_tiles), scheme.tile_pixels))),
      finished_channels_(std::max(scheme.block_channels, least_finished_channels)),
      pixel_bytes_(pixel_bytes(problem.shape.in_channels, problem.activations.bits)),
      row_bytes_(operand_bytes(scheme.format, round_up(pixel_bytes_, 32))) {
    steps_ = static_cast<int>(round_up(pixel_bytes_, scheme.step_elements) / scheme.step_elements);
    for (int p = 0; p < winograd_positions; ++p)
        run_lengths_[static_cast<std::size_t>(p)] =
            scheme.run_length(activation_range(problem, scheme), winograd_weights(problem.weights.range(), p));
    const std::vector<std::uint8_t> codes(static_cast<std::size_t>(problem.shape.in_channels),
                                          static_cast<std::uint8_t>(problem.padding_code));
    padding_.resize(static_cast<std::size_t>(pixel_bytes_));
    if (!codes.empty()) std::memcpy(padding_.data(), codes.data(), codes.size());
    pack_weights(weights);
}

void WinogradConvolution::pack_weights(std::span<const std::uint8_t> weights) {
    const int in_channels = problem_.shape.in_channels;
    const std::ptrdiff_t row = std::ptrdiff_t{steps_} * scheme_.step_elements;
    for (int first = 0; first < problem_.shape.out_channels; first += scheme_.block_channels) {
        const int channels = std::min(scheme_.block_channels, problem_.shape.out_channels - first);
        AlignedVector<std::int16_t> transformed(
            static_cast<std::size_t>(winograd_positions * scheme_.block_channels * row));
        for (int channel = 0; channel < channels; ++channel) {
            for (int c = 0; c < in_channels; ++c) {
                std::array<int, 9> filter{};
                for (std::size_t tap = 0; tap < 9; ++tap)
                    filter[tap] = problem_.weights.value(weights[(static_cast<std::size_t>(first + channel) * 9 + tap) *
                                                                     static_cast<std::size_t>(in_channels) +
                                                                 static_cast<std::size_t>(c)]);
                const auto values = transform_weights(filter);
                for (int p = 0; p < winograd_positions; ++p)
                    transformed[static_cast<std::size_t>((p * scheme_.block_channels + channel) * row + c)] =
                        static_cast<std::int16_t>(values[static_cast<std::size_t>(p)]);
            }
        }
        fill_block(transformed, first);
    }
}

// `transformed`: [positions][block_channels][steps * step_elements]
void WinogradConvolution::fill_block(const AlignedVector<std::int16_t>& transformed, int first_channel) {
    const int channels = std::min(scheme_.block_channels, problem_.shape.out_channels - first_channel);
    const std::ptrdiff_t row = std::ptrdiff_t{steps_} * scheme_.step_elements;
    const std::ptrdiff_t size = operand_bytes(scheme_.format, scheme_.block_channels * row);
    for (int p = 0; p < winograd_positions; ++p) {
        const std::int16_t* rows = transformed.data() + p * scheme_.block_channels * row;
        const auto at = static_cast<std::ptrdiff_t>(weights_.size());
        weights_.resize(weights_.size() + static_cast<std::size_t>(size));
        scheme_.pack({rows, row, channels, 0}, steps_, weights_.data() + at);
        for (int channel = 0; channel < scheme_.block_channels; ++channel) {
            std::int32_t sum = 0;
            for (std::ptrdiff_t c = 0; c < row; ++c) sum += rows[channel * row + c];
            const bool offset = scheme_.format == OperandFormat::bytes;
            compensation_.push_back(offset ? -sum * winograd_offset(p, problem_.activations.bits) : 0);
        }
    }
}

WinogradConvolution::Place WinogradConvolution::place(std::int64_t tile) const {
    const std::int64_t row = tile / tile_columns_;
    return {row / tile_rows_, static_cast<int>(row % tile_rows_) * 2, static_cast<int>(tile % tile_columns_) * 2};
}

std::int64_t WinogradConvolution::tile_count() const {
    return std::int64_t{problem_.shape.batch} * tile_rows_ * tile_columns_;
}

std::int64_t WinogradConvolution::blocks() const {
    return tile_count();
}

std::ptrdiff_t WinogradConvolution::activation_size() const {
    return winograd_positions * block_tiles_ * row_bytes_;
}

std::ptrdiff_t WinogradConvolution::product_size() const {
    return std::ptrdiff_t{winograd_positions} * block_tiles_ * scheme_.block_channels * 4;
}

std::size_t WinogradConvolution::scratch_bytes() const {
    const std::ptrdiff_t sums = std::ptrdiff_t{2 * 2} * block_tiles_ * finished_channels_ * 4;
    return static_cast<std::size_t>(activation_size() + product_size() + sums);
}

void WinogradConvolution::run_blocks(const ConvolutionBuffers& buffers, const std::byte*, std::byte* memory,
                                     Blocks range) const {
    const Scratch scratch{memory, reinterpret_cast<std::int32_t*>(memory + activation_size()),
                          reinterpret_cast<std::int32_t*>(memory + activation_size() + product_size())};
    // Nearly equal chunks, multiples of what the inner loop takes.
    const std::int64_t chunk = round_up(balanced(range.end - range.first, block_tiles_), scheme_.tile_pixels);
    for (std::int64_t first = range.first; first < range.end; first += chunk)
        run_tiles(buffers, {first, static_cast<int>(std::min(chunk, range.end - first))}, scratch);
}

void WinogradConvolution::run_tiles(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const {
    transform(buffers, tiles, scratch);
    for (int channel = 0; channel < problem_.shape.out_channels; channel += scheme_.block_channels) {
        multiply(tiles, channel / scheme_.block_channels, scratch);
        collect(tiles, channel % finished_channels_, scratch);
        const int end = channel + scheme_.block_channels;
        if (end % finished_channels_ == 0 || end >= problem_.shape.out_channels)
            finish(buffers, tiles, channel / finished_channels_ * finished_channels_, scratch);
    }
}

void WinogradConvolution::find_pixels(const std::byte* image, Place at,
                                      std::array<const std::byte*, winograd_positions>& pixels) const {
    const ConvolutionShape& shape = problem_.shape;
    const int top = at.y - shape.padding.top, left = at.x - shape.padding.left;
    const std::ptrdiff_t row_stride = shape.width * pixel_bytes_;
    // Of a pixel that may not exist: formed as a number, as a pointer out of its array must not be.
    const std::ptrdiff_t corner = (at.image * shape.height + top) * row_stride + left * pixel_bytes_;
    const bool whole = top >= 0 && left >= 0 && top + 4 <= shape.height && left + 4 <= shape.width;
    for (int p = 0; p < winograd_positions; ++p) {
        const int y = top + p / 4, x = left + p % 4;
        const bool inside = whole || (y >= 0 && y < shape.height && x >= 0 && x < shape.width);
        pixels[static_cast<std::size_t>(p)] =
            inside ? image + corner + p / 4 * row_stride + p % 4 * pixel_bytes_ : padding_.data();
    }
}

void WinogradConvolution::transform(const ConvolutionBuffers& buffers, Tiles tiles, const Scratch& scratch) const {
    const auto* image = reinterpret_cast<const std::byte*>(buffers.activations);
    PatchTask task{{}, pixel_bytes_, problem_.activations.bits, scratch.activations, block_tiles_ * row_bytes_};
    for (int tile = 0; tile < tiles.count; ++tile, task.out += row_bytes_) {
        find_pixels(image, place(tiles.first + tile), task.pixels);
        scheme_.transform_patch(task);
    }
}

void WinogradConvolution::multiply(Tiles tiles, int channel_block, const Scratch& scratch) const {
    const std::ptrdiff_t size =
        operand_bytes(scheme_.format, std::ptrdiff_t{scheme_.block_channels} * steps_ * scheme_.step_elements);
    const auto part = static_cast<int>(balanced(tiles.count, scheme_.tile_pixels));
    const int parts = (tiles.count + part - 1) / part;
    TileTask task{};
    task.panel_stride = row_bytes_;
    task.steps = steps_;
    task.sums_stride = scheme_.block_channels;
    for (int p = 0; p < winograd_positions; ++p) {
        const std::ptrdiff_t block_position = std::ptrdiff_t{channel_block} * winograd_positions + p;
        task.weights = weights_.data() + block_position * size;
        Prefetch next = prefetch_next(task.weights, size, weights_, parts);
        task.start = compensation_.data() + block_position * scheme_.block_channels;
        task.run_length = run_lengths_[static_cast<std::size_t>(p)];
        for (int tile = 0; tile < tiles.count; tile += part) {
            next.next_part();
            const std::ptrdiff_t row = std::ptrdiff_t{p} * block_tiles_ + tile;
            task.panel = scratch.activations + row * row_bytes_;
            task.sums = scratch.products + row * scheme_.block_channels;
            task.pixels = std::min(part, tiles.count - tile);
            scheme_.tile(task);
        }
    }
}

void WinogradConvolution::collect(Tiles tiles, int channel, const Scratch& scratch) const {
    const std::ptrdiff_t row = std::ptrdiff_t{2} * block_tiles_ * finished_channels_;
    for (int tile = 0; tile < tiles.count; ++tile) {
        std::int32_t* upper = scratch.sums + std::ptrdiff_t{2} * tile * finished_channels_ + channel;
        scheme_.transform_output({scratch.products + std::ptrdiff_t{tile} * scheme_.block_channels,
                                  std::ptrdiff_t{block_tiles_} * scheme_.block_channels,
                                  scheme_.block_channels,
                                  {upper, upper + finished_channels_, upper + row, upper + row + finished_channels_}});
    }
}

// Tiles of one row are consecutive pixels of two output rows.
void WinogradConvolution::finish(const ConvolutionBuffers& buffers, Tiles tiles, int first_channel,
                                 const Scratch& scratch) const {
    static constexpr std::int32_t no_row_sums[2 * most_block_tiles] = {};
    const int channels = std::min(finished_channels_, problem_.shape.out_channels - first_channel);
    for (int tile = 0; tile < tiles.count;) {
        const Place at = place(tiles.first + tile);
        const int run = std::min(tiles.count - tile, tile_columns_ - at.x / 2);
        const int pixels = std::min(2 * run, out_width_ - at.x);
        for (int y = 0; y < 2 && at.y + y < out_height_; ++y) {
            const std::int64_t pixel = (at.image * out_height_ + at.y + y) * out_width_ + at.x;
            const std::int32_t* sums = scratch.sums + (y * 2 * block_tiles_ + 2 * tile) * finished_channels_;
            scheme_.finish(plan_,
                           {sums, finished_channels_, no_row_sums, pixels, first_channel, channels, pixel, buffers});
        }
        tile += run;
    }
}

}  // namespace

bool winograd_supports(const ConvolutionProblem& problem, const WinogradScheme& scheme) {
    const ConvolutionShape& shape = problem.shape;
    if (shape.depthwise() || shape.kernel_height != 3 || shape.kernel_width != 3 || shape.stride != 1) return false;
    const Range activations = activation_range(problem, scheme), weights = winograd_weights(problem.weights.range());
    const bool bytes = scheme.format == OperandFormat::bytes;
    if (codes_per_byte(problem.activations.bits) > 1 || !fits(activations, bytes ? unsigned_8_bit : signed_16_bit) ||
        !fits(weights, bytes ? signed_8_bit : signed_16_bit) || scheme.run_length(activations, weights) < 1)
        return false;
    // What is divided by four at the end must fit int32; sums on the way may wrap.
    const Range term = product({0, problem.activations.levels() - 1}, problem.weights.range());
    return shape.depth() <= std::numeric_limits<std::int32_t>::max() / 4 / std::max(1, magnitude(term));
}

std::unique_ptr<Convolution> prepare_winograd(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                              const WinogradScheme& scheme) {
    return std::make_unique<WinogradConvolution>(problem, weights, scheme);
}

}  // namespace dsqbench
