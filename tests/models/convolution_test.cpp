#include "suite/models/convolution.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace dsqbench {
namespace {

at::Tensor normal(const std::vector<std::int64_t>& shape, unsigned seed) {
    std::mt19937 engine(seed);
    std::normal_distribution<float> distribution;
    at::Tensor values = at::empty(shape);
    for (std::int64_t i = 0; i < values.numel(); ++i) values.data_ptr<float>()[i] = distribution(engine);
    return values;
}

// What the allocator hands out next was NaN before.
void poison_freed_memory(const at::Tensor& like) {
    std::vector<at::Tensor> junk;
    for (const std::int64_t channels : {1, 4, 8, 16, 32})
        junk.push_back(
            at::full({like.size(0), channels, like.size(2), like.size(3)}, std::numeric_limits<float>::quiet_NaN()));
}

struct Passes {
    at::Tensor output, by_x, by_weight;
};

Passes passes(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& upstream,
              const ConvolutionSettings& settings) {
    const at::Tensor input = x.detach().clone().set_requires_grad(true);
    const at::Tensor kernel = weight.detach().clone().set_requires_grad(true);
    poison_freed_memory(x);
    const at::Tensor output = convolve(input, kernel, settings);
    poison_freed_memory(x);
    (output * upstream).sum().backward();
    return {output.detach(), input.grad(), kernel.grad()};
}

void expect_close(const at::Tensor& found, const at::Tensor& expected) {
    EXPECT_LT((found.to(at::kDouble) - expected).abs().max().item<double>(),
              1e-4 * expected.abs().max().item<double>());
}

void expect_as_in_float64(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& upstream,
                          const ConvolutionSettings& settings) {
    const Passes found = passes(x, weight, upstream, settings);
    const Passes expected = passes(x.to(at::kDouble), weight.to(at::kDouble), upstream.to(at::kDouble), settings);
    expect_close(found.output, expected.output);
    expect_close(found.by_x, expected.by_x);
    expect_close(found.by_weight, expected.by_weight);
}

TEST(Convolution, gradients_are_those_of_float64_for_any_number_of_channels_whatever_lay_in_memory) {
    for (const std::int64_t out : {1, 4, 8, 12, 16, 20, 24, 32})
        for (const std::int64_t stride : {1, 2})
            for (int repetition = 0; repetition < 3; ++repetition) {
                SCOPED_TRACE("out " + std::to_string(out) + ", stride " + std::to_string(stride));
                const ConvolutionSettings settings{3, out, 3, stride, 1};
                const at::Tensor x = normal({8, 3, 16, 16}, 1), weight = normal({out, 3, 3, 3}, 2);
                const at::Tensor upstream = normal({8, out, 16 / stride, 16 / stride}, 3);
                expect_as_in_float64(x, weight, upstream, settings);
            }
}

TEST(Convolution, of_each_channel_on_its_own_is_so_too) {
    for (const std::int64_t channels : {4, 16, 24})
        for (const std::int64_t stride : {1, 2}) {
            SCOPED_TRACE("channels " + std::to_string(channels) + ", stride " + std::to_string(stride));
            const ConvolutionSettings settings{channels, channels, 3, stride, 1, channels};
            const at::Tensor x = normal({4, channels, 16, 16}, 1), weight = normal({channels, 1, 3, 3}, 2);
            const at::Tensor upstream = normal({4, channels, 16 / stride, 16 / stride}, 3);
            expect_as_in_float64(x, weight, upstream, settings);
        }
}

}  // namespace
}  // namespace dsqbench
