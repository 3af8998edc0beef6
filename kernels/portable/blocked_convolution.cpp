#include "kernels/portable/blocked_convolution.h"

#include <algorithm>
#include <cstring>

#include "kernels/api/layout.h"
#include "kernels/portable/prefetch.h"

namespace dsqbench {
namespace {

// Half of a second-level cache of 512 KiB (Zen 3, Cortex-A72): the panel stays there while the weights pass by.
constexpr std::ptrdiff_t panel_budget = 256 * 1024;
// More pixels than this no longer save weight traffic, but push the sums out of the first-level cache.
constexpr std::ptrdiff_t most_pixels = 60;

// Finish functions work on up to 32 channels at once, and start-up costs them some; at most 15 KiB of sums.
constexpr int least_finished_channels = 64;

int chunk_tiles(const Panel& panel, const Scheme& scheme) {
    const std::ptrdiff_t fitting = panel_budget / std::max<std::ptrdiff_t>(1, panel.row_bytes());
    return std::max(1, static_cast<int>(std::min(fitting, most_pixels)) / scheme.tile_pixels);
}

}  // namespace

AlignedVector<std::int16_t> weight_rows(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                        Mapping mapping, const Panel& panel) {
    const ConvolutionShape& shape = problem.shape;
    AlignedVector<std::int16_t> rows(static_cast<std::size_t>(shape.out_channels * panel.row_elements()));
    const std::uint8_t* code = weights.data();
    for (int channel = 0; channel < shape.out_channels; ++channel)
        for (int tap = 0; tap < shape.taps(); ++tap)
            for (int i = 0; i < shape.in_channels; ++i)
                rows[static_cast<std::size_t>(channel * panel.row_elements() +
                                              std::ptrdiff_t{tap} * panel.tap_elements() + i)] =
                    static_cast<std::int16_t>(mapping.element(problem.weights.value(*code++)));
    return rows;
}

BlockedConvolution::BlockedConvolution(const ConvolutionProblem& problem, std::span<const std::uint8_t> weights,
                                       const Scheme& scheme)
    : problem_(problem),
      scheme_(scheme),
      image_(problem, scheme.format, scheme.activations),
      panel_(problem, image_, scheme.step_elements, scheme.copy),
      affine_(make_affine(problem, weights, scheme.activations, scheme.weights)),
      plan_(problem, affine_, scheme.block_channels),
      steps_(static_cast<int>(panel_.row_elements() / scheme.step_elements)),
      tiles_per_chunk_(chunk_tiles(panel_, scheme)),
      pixels_per_chunk_(tiles_per_chunk_ * scheme.tile_pixels),
      finished_channels_(std::max(scheme.block_channels, least_finished_channels)) {
    pack_weights(weights);
}

void BlockedConvolution::pack_weights(std::span<const std::uint8_t> weights) {
    const auto rows = weight_rows(problem_, weights, scheme_.weights, panel_);
    const std::ptrdiff_t stride = panel_.row_elements();
    weights_.resize(
        static_cast<std::size_t>(plan_.padded_channels / scheme_.block_channels * steps_ * scheme_.step_weight_bytes));
    std::byte* out = weights_.data();
    for (int channel = 0; channel < problem_.shape.out_channels; channel += scheme_.block_channels) {
        const int channels = std::min(scheme_.block_channels, problem_.shape.out_channels - channel);
        for (int step = 0; step < steps_; step += scheme_.steps_per_block) {
            const int steps = std::min(scheme_.steps_per_block, steps_ - step);
            scheme_.pack({rows.data() + channel * stride, stride, channels, step * scheme_.step_elements}, steps, out);
            out += std::ptrdiff_t{steps} * scheme_.step_weight_bytes;
        }
    }
}

std::ptrdiff_t BlockedConvolution::image_size() const {
    if (image_.packed_codes_serve()) return 0;
    return round_up(static_cast<std::ptrdiff_t>(problem_.shape.in_pixels()) * image_.pixel_bytes(), 64);
}

std::ptrdiff_t BlockedConvolution::panel_size() const {
    return panel_.image_serves() ? 0 : round_up(pixels_per_chunk_ * panel_.row_bytes(), 64);
}

std::int64_t BlockedConvolution::blocks() const {
    return (problem_.shape.out_pixels() + scheme_.tile_pixels - 1) / scheme_.tile_pixels;
}

std::ptrdiff_t BlockedConvolution::windows_size() const {
    return affine_.row_factor == 0 ? 0 : round_up(static_cast<std::ptrdiff_t>(panel_.window_count()) * 4, 64);
}

std::size_t BlockedConvolution::input_bytes() const {
    const auto pixels = static_cast<std::ptrdiff_t>(problem_.shape.in_pixels());
    return static_cast<std::size_t>(image_size() + windows_size() + (affine_.row_factor == 0 ? 0 : pixels * 4));
}

void BlockedConvolution::prepare_input(const ConvolutionBuffers& buffers, std::byte* input) const {
    const std::int64_t pixels = problem_.shape.in_pixels();
    if (affine_.row_factor != 0) {
        auto* pixel_sums = reinterpret_cast<std::int32_t*>(input + image_size() + windows_size());
        image_.pixel_sums(buffers.activations, pixels, pixel_sums);
        panel_.sum_windows(pixel_sums, reinterpret_cast<std::int32_t*>(input + image_size()));
    }
    if (!image_.packed_codes_serve()) image_.expand(buffers.activations, pixels, input);
}

std::size_t BlockedConvolution::scratch_bytes() const {
    const std::ptrdiff_t row_sums = round_up(pixels_per_chunk_ * 4, 64);
    const std::ptrdiff_t sums = std::ptrdiff_t{pixels_per_chunk_} * finished_channels_ * 4;
    return static_cast<std::size_t>(panel_size() + row_sums + sums);
}

BlockedConvolution::Scratch BlockedConvolution::divide(std::byte* memory) const {
    std::byte* row_sums = memory + panel_size();
    std::byte* sums = row_sums + round_up(pixels_per_chunk_ * 4, 64);
    return {memory, reinterpret_cast<std::int32_t*>(row_sums), reinterpret_cast<std::int32_t*>(sums)};
}

void BlockedConvolution::run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* memory,
                                    Blocks range) const {
    const Scratch scratch = divide(memory);
    const auto* packed = reinterpret_cast<const std::byte*>(buffers.activations);
    const Input prepared{image_.packed_codes_serve() ? packed : input,
                         reinterpret_cast<const std::int32_t*>(input + image_size())};
    // Nearly equal chunks: one of a few pixels would read all weights for them.
    const std::int64_t chunk = balanced(range.end - range.first, tiles_per_chunk_) * scheme_.tile_pixels;
    const std::int64_t end = std::min(range.end * scheme_.tile_pixels, problem_.shape.out_pixels());
    for (std::int64_t first = range.first * scheme_.tile_pixels; first < end; first += chunk) {
        const auto count = static_cast<int>(std::min(chunk, end - first));
        run_chunk(prepare_chunk(prepared, first, count, scratch), buffers, scratch);
    }
}

BlockedConvolution::Chunk BlockedConvolution::prepare_chunk(const Input& input, std::int64_t first, int count,
                                                            const Scratch& scratch) const {
    if (affine_.row_factor != 0)
        panel_.gather_sums(input.windows, first, count, scratch.row_sums);
    else
        std::fill_n(scratch.row_sums, count, 0);
    if (panel_.image_serves()) return {first, count, input.image + first * panel_.row_bytes()};
    panel_.gather(input.image, first, count, scratch.panel);
    return {first, count, scratch.panel};
}

void BlockedConvolution::run_chunk(const Chunk& chunk, const ConvolutionBuffers& buffers,
                                   const Scratch& scratch) const {
    const int out_channels = problem_.shape.out_channels;
    for (int first = 0; first < out_channels; first += finished_channels_) {
        const int count = std::min(finished_channels_, out_channels - first);
        for (int channel = 0; channel < count; channel += scheme_.block_channels)
            multiply(chunk, (first + channel) / scheme_.block_channels, scratch.sums + channel);
        scheme_.finish(plan_, {scratch.sums, finished_channels_, scratch.row_sums, chunk.count, first, count,
                               chunk.first, buffers});
    }
}

void BlockedConvolution::multiply(const Chunk& chunk, int channel_block, std::int32_t* sums) const {
    alignas(64) static constexpr std::int32_t zeros[most_block_channels] = {};
    TileTask task{};
    task.weights = weights_.data() + std::ptrdiff_t{channel_block} * steps_ * scheme_.step_weight_bytes;
    task.panel_stride = panel_.row_bytes();
    task.run_length = scheme_.run_length;
    task.sums_stride = finished_channels_;
    const int tiles = (chunk.count + scheme_.tile_pixels - 1) / scheme_.tile_pixels;
    // Once at least, so that sums of no products are set to 0.
    for (int step = 0; step == 0 || step < steps_; step += scheme_.steps_per_block) {
        task.steps = std::min(scheme_.steps_per_block, steps_ - step);
        task.start_stride = step == 0 ? 0 : finished_channels_;
        const std::ptrdiff_t weight_bytes = std::ptrdiff_t{task.steps} * scheme_.step_weight_bytes;
        Prefetch next = prefetch_next(task.weights, weight_bytes, weights_, tiles);
        for (int pixel = 0; pixel < chunk.count; pixel += scheme_.tile_pixels) {
            next.next_part();
            task.panel = chunk.rows + pixel * panel_.row_bytes() +
                         operand_bytes(scheme_.format, std::ptrdiff_t{step} * scheme_.step_elements);
            task.pixels = std::min(scheme_.tile_pixels, chunk.count - pixel);
            task.sums = sums + std::ptrdiff_t{pixel} * finished_channels_;
            task.start = step == 0 ? zeros : task.sums;
            scheme_.tile(task);
        }
        task.weights += weight_bytes;
    }
}

}  // namespace dsqbench
