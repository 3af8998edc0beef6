#include "kernels/api/convolution.h"

#include <limits>
#include <new>
#include <string>

#include "kernels/api/budget.h"
#include "kernels/api/error.h"
#include "kernels/api/layout.h"

namespace dsqbench {
namespace {

constexpr std::align_val_t cache_line{64};

void validate(const CodeType& type, const char* name) {
    if (type.bits < 1 || type.bits > 8)
        throw ShapeError(std::string(name) + " have " + std::to_string(type.bits) + " bits, must be 1 to 8");
}

}  // namespace

void validate(const ConvolutionProblem& problem) {
    validate(problem.shape);
    validate(problem.activations, "activations");
    validate(problem.weights, "weights");
    validate(problem.epilogue, problem.shape.out_channels);
    if (problem.padding_code < 0 || problem.padding_code >= problem.activations.levels())
        throw ShapeError("padding_code is " + std::to_string(problem.padding_code) + ", no code of the activations");
    if (const auto* real = std::get_if<RealNumbers>(&problem.epilogue); real != nullptr && !real->classes.empty()) {
        const std::int64_t pixels = std::int64_t{problem.shape.out_height()} * problem.shape.out_width();
        if (static_cast<std::int64_t>(real->classes.size()) != pixels)
            throw ShapeError("there are classes of " + std::to_string(real->classes.size()) + " output pixels, not " +
                             std::to_string(pixels));
    }
    const Range term = product(problem.activations.range(), problem.weights.range());
    if (problem.shape.depth() > std::numeric_limits<std::int32_t>::max() / std::max(1, magnitude(term)))
        throw ShapeError("a sum of " + std::to_string(problem.shape.depth()) + " products may not fit int32");
}

std::size_t activation_bytes(const ConvolutionProblem& problem) {
    return static_cast<std::size_t>(problem.shape.in_pixels()) *
           static_cast<std::size_t>(pixel_bytes(problem.shape.in_channels, problem.activations.bits));
}

std::size_t output_bytes(const ConvolutionProblem& problem) {
    const int channels = problem.shape.out_channels;
    const int bytes =
        output_bits(problem.epilogue) == 32 ? channels * 4 : pixel_bytes(channels, output_bits(problem.epilogue));
    return static_cast<std::size_t>(problem.shape.out_pixels()) * static_cast<std::size_t>(bytes);
}

std::size_t residual_bytes(const ConvolutionProblem& problem) {
    const auto* requantize = std::get_if<Requantize>(&problem.epilogue);
    if (requantize == nullptr || !requantize->residual) return 0;
    return static_cast<std::size_t>(problem.shape.out_pixels()) *
           static_cast<std::size_t>(pixel_bytes(problem.shape.out_channels, requantize->residual->type.bits));
}

std::size_t weight_count(const ConvolutionProblem& problem) {
    return static_cast<std::size_t>(problem.shape.out_channels) * static_cast<std::size_t>(problem.shape.depth());
}

void Workspace::Deleter::operator()(std::byte* memory) const {
    ::operator delete(memory, cache_line);
}

void Convolution::run(const ConvolutionBuffers& buffers, Workspace& workspace) const {
    const std::size_t input_size = (input_bytes() + 63) / 64 * 64;
    std::byte* input = workspace.reserve(input_size + scratch_bytes());
    prepare_input(buffers, input);
    run_blocks(buffers, input, input + input_size, {0, blocks()});
}

std::byte* Workspace::reserve(std::size_t bytes) {
    if (bytes > size_ || !memory_) {
        memory_.reset();
        memory_.reset(static_cast<std::byte*>(::operator new(bytes, cache_line)));
        size_ = bytes;
    }
    return memory_.get();
}

}  // namespace dsqbench
