#include "kernels/bench/layer_case.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

ConvolutionShape small_layer() {
    ConvolutionShape shape;
    shape.height = shape.width = 8;
    shape.in_channels = 16;
    shape.out_channels = 32;
    shape.kernel_height = shape.kernel_width = 3;
    shape.padding = {1, 1, 1, 1};
    return shape;
}

TEST(LayerCase, passes_for_every_kernel_that_runs_here) {
    for (const int bits : {1, 2, 3, 4, 8}) {
        LayerCase layer_case(small_layer(), {bits, bits});
        for (const KernelVariant& variant : kernel_variants()) {
            if (!available_instruction_sets().contain(variant.needs) || !variant.supports(layer_case.problem()))
                continue;
            EXPECT_EQ(name_of(layer_case.check(variant).status), "passed") << variant.name << " at " << bits;
        }
    }
}

// Every output code occurs, so that a kernel which leaves one out is found.
TEST(LayerCase, has_outputs_of_every_code) {
    LayerCase layer_case(small_layer(), {2, 2});
    std::vector<std::uint8_t> output(output_bytes(layer_case.problem()));
    Workspace workspace;
    prepare(layer_case.problem(), layer_case.weights())
        ->run({layer_case.activations().data(), nullptr, output.data()}, workspace);
    const auto codes = unpack_codes(output, 32, 2);
    for (int code = 0; code < 4; ++code) EXPECT_GT(std::count(codes.begin(), codes.end(), code), 100) << code;
}

// The true kernel, but for one bit of one output.
class OffByOneBit : public Convolution {
public:
    explicit OffByOneBit(std::unique_ptr<Convolution> right) : right_(std::move(right)) {}
    std::size_t weight_bytes() const override { return right_->weight_bytes(); }
    std::int64_t blocks() const override { return right_->blocks(); }
    std::size_t input_bytes() const override { return right_->input_bytes(); }
    std::size_t scratch_bytes() const override { return right_->scratch_bytes(); }
    void prepare_input(const ConvolutionBuffers& buffers, std::byte* input) const override {
        right_->prepare_input(buffers, input);
    }
    void run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* scratch,
                    Blocks range) const override {
        right_->run_blocks(buffers, input, scratch, range);
        static_cast<std::uint8_t*>(buffers.output)[5] ^= 1;
    }

private:
    std::unique_ptr<Convolution> right_;
};

TEST(LayerCase, fails_for_one_wrong_bit) {
    LayerCase layer_case(small_layer(), {2, 2});
    KernelVariant wrong = find_variant("portable/dot_product");
    wrong.prepare = [](const ConvolutionProblem& problem,
                       std::span<const std::uint8_t> weights) -> std::unique_ptr<Convolution> {
        return std::make_unique<OffByOneBit>(find_variant("portable/dot_product").prepare(problem, weights));
    };
    const Check check = layer_case.check(wrong);
    EXPECT_EQ(check.status, CheckStatus::failed);
    EXPECT_EQ(check.reason, "differs from the reference first at byte 5");
}

TEST(LayerCase, mistrusts_data_that_could_not_have_failed) {
    ConvolutionShape shape = small_layer();
    shape.height = shape.width = 1;
    shape.in_channels = shape.out_channels = 1;
    LayerCase layer_case(shape, {1, 1});
    EXPECT_EQ(layer_case.check(find_variant("portable/dot_product")).status, CheckStatus::mistrusted);
}

// 19 of 21 taps a row of seven lie inside: kernels.md's 81.9 %.
TEST(RealMacs, leave_out_padding) {
    ConvolutionShape shape = small_layer();
    shape.height = shape.width = 7;
    EXPECT_EQ(real_macs(shape), std::int64_t{19} * 19 * 16 * 32);
    EXPECT_EQ(shape.nominal_macs(), std::int64_t{21} * 21 * 16 * 32);
    shape.padding = {};
    EXPECT_EQ(real_macs(shape), shape.nominal_macs());
    shape.padding = {1, 1, 1, 1};
    shape.stride = 2;
    shape.groups = shape.out_channels = 16;
    EXPECT_EQ(real_macs(shape), std::int64_t{10} * 10 * 16);  // 4 outputs: 2 + 3 + 3 + 2 taps
}

TEST(ShapeText, has_everything_of_the_shape) {
    EXPECT_EQ(shape_text(small_layer()), "n1h8w8c16k32r3x3s1p1,1,1,1g1");
}

}  // namespace
}  // namespace dsqbench
