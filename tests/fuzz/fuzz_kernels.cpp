// Any convolution: every kernel that this processor runs must give the reference's bytes. The input is the problem and
// then its codes, repeated as often as needed.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/api/error.h"
#include "kernels/api/layout.h"
#include "kernels/api/variant.h"

namespace {

using namespace dsqbench;

class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    int below(int bound) { return size_ == 0 ? 0 : data_[at_++ % size_] % bound; }
    std::vector<std::uint8_t> codes(std::size_t count, int bits) {
        std::vector<std::uint8_t> codes(count);
        for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(below(1 << bits));
        return codes;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

CodeType code_type(Bytes& bytes) {
    const int bits = 1 + bytes.below(8);
    return {bits, static_cast<Coding>(bytes.below(3))};
}

Epilogue epilogue(Bytes& bytes, int channels) {
    const auto count = static_cast<std::size_t>(channels);
    const int kind = bytes.below(3);
    if (kind == 0) return KeepSums{};
    if (kind == 1) {
        Thresholds thresholds{1 + bytes.below(4), {}, {}};
        for (std::size_t i = 0; i < count * ((std::size_t{1} << thresholds.bits) - 1); ++i)
            thresholds.levels.push_back((bytes.below(256) - 128) << bytes.below(24));
        for (std::size_t i = 0; i < count; ++i)
            thresholds.directions.push_back(bytes.below(2) == 0 ? Direction::rising : Direction::falling);
        return thresholds;
    }
    Requantize requantize{1 + bytes.below(8), {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        requantize.scale.push_back(static_cast<float>(bytes.below(256) - 128) / 1024.0F);
        requantize.bias.push_back(static_cast<float>(bytes.below(256) - 128) / 8.0F);
    }
    requantize.rectifier = bytes.below(2) == 0 ? Rectifier::none : Rectifier::relu;
    if (bytes.below(2) == 1) requantize.residual = Residual{code_type(bytes), 0.25F};
    return requantize;
}

ConvolutionProblem problem_of(Bytes& bytes) {
    ConvolutionProblem problem;
    ConvolutionShape& shape = problem.shape;
    problem.activations = code_type(bytes);
    problem.weights = code_type(bytes);
    shape.batch = 1 + bytes.below(2);
    shape.height = bytes.below(9);
    shape.width = bytes.below(9);
    shape.in_channels = bytes.below(70);
    shape.out_channels = bytes.below(70);
    shape.kernel_height = 1 + bytes.below(4);
    shape.kernel_width = 1 + bytes.below(4);
    if (bytes.below(2) == 1) shape.kernel_height = shape.kernel_width = 3;
    shape.stride = 1 + bytes.below(3);
    shape.padding = {bytes.below(3), bytes.below(3), bytes.below(3), bytes.below(3)};
    if (bytes.below(4) == 0) shape.groups = shape.out_channels = shape.in_channels;
    problem.padding_code = bytes.below(problem.activations.levels());
    problem.epilogue = epilogue(bytes, shape.out_channels);
    return problem;
}

std::size_t size_of(std::int64_t count) {
    return static_cast<std::size_t>(count);
}

void compare_kernels(Bytes& bytes) {
    const ConvolutionProblem problem = problem_of(bytes);
    const ConvolutionShape& shape = problem.shape;
    validate(problem);
    const auto weights = bytes.codes(weight_count(problem), problem.weights.bits);
    const auto activations =
        pack_codes(bytes.codes(size_of(shape.in_pixels() * shape.in_channels), problem.activations.bits),
                   shape.in_channels, problem.activations.bits);
    std::vector<std::uint8_t> residual;
    const auto* requantize = std::get_if<Requantize>(&problem.epilogue);
    if (requantize != nullptr && requantize->residual)
        residual =
            pack_codes(bytes.codes(size_of(shape.out_pixels() * shape.out_channels), requantize->residual->type.bits),
                       shape.out_channels, requantize->residual->type.bits);
    std::vector<std::uint8_t> expected;
    for (const KernelVariant& variant : kernel_variants()) {  // the reference is the first
        if (!available_instruction_sets().contain(variant.needs) || !variant.supports(problem)) continue;
        std::vector<std::uint8_t> output(output_bytes(problem), 0xCD);
        Workspace workspace;
        prepare(variant, problem, weights)->run({activations.data(), residual.data(), output.data()}, workspace);
        if (variant.name == "reference/scalar") expected = output;
        if (output == expected) continue;
        std::fprintf(stderr, "%s differs from the reference\n", variant.name.c_str());
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    try {
        compare_kernels(bytes);
    } catch (const dsqbench::ShapeError&) {
    }
    return 0;
}
