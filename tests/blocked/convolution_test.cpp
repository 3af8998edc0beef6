// The convolutions of one image against their sums written out in float64, in every instruction set of this machine.
#include "suite/blocked/convolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "suite/blocked/weights.h"
#include "suite/core/random.h"

namespace dsqbench::blocked {
namespace {

struct Image {
    std::int64_t blocks, height, width, halo;
    std::vector<float> padded;

    Image(std::int64_t blocks_, std::int64_t height_, std::int64_t width_, std::int64_t halo_)
        : blocks(blocks_), height(height_), width(width_), halo(halo_) {
        padded.resize(static_cast<std::size_t>(blocks * (height + 2 * halo) * (width + 2 * halo) * block));
    }
    std::size_t index(std::int64_t channel, std::int64_t row, std::int64_t column) const {
        const std::int64_t line = (channel / block) * (height + 2 * halo) + row + halo;
        return static_cast<std::size_t>((line * (width + 2 * halo) + column + halo) * block + channel % block);
    }
    bool contains(std::int64_t row, std::int64_t column) const {
        return row >= 0 && column >= 0 && row < height && column < width;
    }
    void fill(Random& random) {
        for (std::int64_t c = 0; c < blocks * block; ++c)
            for (std::int64_t row = 0; row < height; ++row)
                for (std::int64_t column = 0; column < width; ++column)
                    padded[index(c, row, column)] = static_cast<float>(random.normal());
    }
};

// Everything about one layer and one image, by the definition.
struct Reference {
    std::vector<double> output, input_gradient, weight_gradient;  // [channel][row][column], weights in their order

    Reference(const ConvolutionShape& shape, const Image& input, const Image& gradient,
              const std::vector<float>& weights) {
        output.resize(static_cast<std::size_t>(shape.out_size()));
        input_gradient.resize(static_cast<std::size_t>(shape.in_size()));
        weight_gradient.resize(weights.size());
        std::size_t out = 0;
        for (std::int64_t o = 0; o < shape.out_blocks * block; ++o)
            for (std::int64_t row = 0; row < shape.out_height(); ++row)
                for (std::int64_t column = 0; column < shape.out_width(); ++column, ++out)
                    add_pixel(shape, input, gradient, weights, o, row, column, output[out]);
    }

private:
    void add_pixel(const ConvolutionShape& shape, const Image& input, const Image& gradient,
                   const std::vector<float>& weights, std::int64_t o, std::int64_t row, std::int64_t column,
                   double& sum) {
        const double upstream = static_cast<double>(gradient.padded[gradient.index(o, row, column)]);
        for (std::int64_t i = 0; i < shape.in_blocks * block; ++i)
            for (std::int64_t tap = 0; tap < shape.taps(); ++tap) {
                const std::int64_t y = row * shape.stride + tap / shape.kernel - shape.halo();
                const std::int64_t x = column * shape.stride + tap % shape.kernel - shape.halo();
                if (!input.contains(y, x)) continue;
                const auto w = static_cast<std::size_t>((o * shape.in_blocks * block + i) * shape.taps() + tap);
                const double value = static_cast<double>(input.padded[input.index(i, y, x)]);
                sum += value * static_cast<double>(weights[w]);
                weight_gradient[w] += upstream * value;
                input_gradient[static_cast<std::size_t>((i * shape.height + y) * shape.width + x)] +=
                    upstream * static_cast<double>(weights[w]);
            }
    }
};

double largest_error(const std::vector<float>& blocked_values, const std::vector<double>& reference,
                     std::int64_t pixels) {
    double worst = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const auto channel = static_cast<std::int64_t>(i) / pixels, pixel = static_cast<std::int64_t>(i) % pixels;
        const auto at = static_cast<std::size_t>(((channel / block) * pixels + pixel) * block + channel % block);
        worst = std::max(worst, std::abs(static_cast<double>(blocked_values[at]) - reference[i]));
    }
    return worst;
}

std::vector<InstructionSet> instruction_sets() {
    std::vector<InstructionSet> sets;
    for (const auto set : {InstructionSet::avx2, InstructionSet::avx512})
        if (set <= instruction_set()) sets.push_back(set);
    return sets;
}

// Channels in groups of 1, 2, 4 and mixtures; widths below, at and above those of the tiles.
std::vector<ConvolutionShape> shapes() {
    std::vector<ConvolutionShape> all;
    for (const std::int64_t kernel : {1, 3})
        for (const std::int64_t stride : {1, 2})
            for (const auto& [in, out] : {std::pair{1, 1}, {1, 2}, {2, 3}, {3, 4}, {2, 7}})
                for (const auto& [height, width] : {std::pair{1, 1}, {2, 3}, {5, 7}, {4, 13}, {3, 17}, {6, 33}})
                    all.push_back({in, out, height, width, kernel, stride});
    return all;
}

TEST(BlockedConvolution, is_the_sum_of_its_definition_forward_and_backward) {
    if (instruction_sets().empty()) GTEST_SKIP() << "needs AVX2 and FMA";
    Random random(3);
    for (const ConvolutionShape& shape : shapes()) {
        Image input(shape.in_blocks, shape.height, shape.width, shape.halo());
        Image gradient(shape.out_blocks, shape.out_height(), shape.out_width(), shape.halo());
        input.fill(random);
        gradient.fill(random);
        std::vector<float> weights(static_cast<std::size_t>(shape.weights())), packed(weights.size());
        for (float& weight : weights) weight = static_cast<float>(random.normal());
        const Reference reference(shape, input, gradient, weights);
        for (const InstructionSet isa : instruction_sets()) {
            const std::string what = "channels " + std::to_string(8 * shape.in_blocks) + "->" +
                                     std::to_string(8 * shape.out_blocks) + ", " + std::to_string(shape.height) + "x" +
                                     std::to_string(shape.width) + ", kernel " + std::to_string(shape.kernel) +
                                     ", stride " + std::to_string(shape.stride);
            std::vector<float> output(reference.output.size(), 99), input_gradient(reference.input_gradient.size(), 99);
            const Plan forward = forward_plan(shape), backward = input_gradient_plan(shape);
            pack_forward(isa, shape, forward, weights.data(), packed.data());
            convolve(isa, forward, input.padded.data(), packed.data(), output.data());
            EXPECT_LT(largest_error(output, reference.output, shape.out_height() * shape.out_width()), 2e-4) << what;

            pack_input_gradient(isa, shape, backward, weights.data(), packed.data());
            convolve(isa, backward, gradient.padded.data(), packed.data(), input_gradient.data());
            EXPECT_LT(largest_error(input_gradient, reference.input_gradient, shape.height * shape.width), 2e-4)
                << what;

            std::vector<float> sums(weights.size()), weight_gradient(weights.size());
            add_weight_gradient(isa, shape, input.padded.data(), gradient.padded.data(), sums.data());
            unpack_weight_gradient(isa, shape, sums.data(), weight_gradient.data());
            double worst = 0;
            for (std::size_t i = 0; i < weights.size(); ++i)
                worst =
                    std::max(worst, std::abs(static_cast<double>(weight_gradient[i]) - reference.weight_gradient[i]));
            EXPECT_LT(worst, 2e-4) << what;
        }
    }
}

TEST(BlockedConvolution, supports_3x3_and_1x1_with_stride_1_and_2) {
    EXPECT_TRUE(is_supported({1, 1, 5, 5, 3, 2}));
    EXPECT_FALSE(is_supported({1, 1, 5, 5, 5, 1}));
    EXPECT_FALSE(is_supported({1, 1, 5, 5, 3, 3}));
    EXPECT_FALSE(is_supported({0, 1, 5, 5, 3, 1}));
}

}  // namespace
}  // namespace dsqbench::blocked
