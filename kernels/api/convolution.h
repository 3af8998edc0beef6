// The operator: a convolution of packed codes with weights that are packed once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernels/api/epilogue.h"
#include "kernels/api/shape.h"

namespace dsqbench {

struct ConvolutionProblem {
    ConvolutionShape shape;
    CodeType activations, weights;
    int padding_code = 0;  // what the pixels around the image hold: a code, so for signed codes 2^(b-1) means zero
    Epilogue epilogue = KeepSums{};
};

// Throws ShapeError; also when the largest possible sum does not fit int32.
void validate(const ConvolutionProblem& problem);

// Bytes of the tensors of a problem. The residual has as many pixels and channels as the output.
std::size_t activation_bytes(const ConvolutionProblem& problem);
std::size_t output_bytes(const ConvolutionProblem& problem);
std::size_t residual_bytes(const ConvolutionProblem& problem);

// How many weight codes a kernel is prepared from: [OC][KH][KW][C / groups], one byte a code.
std::size_t weight_count(const ConvolutionProblem& problem);

struct ConvolutionBuffers {
    const std::uint8_t* activations = nullptr;  // packed codes, NHWC: layout.h
    const std::uint8_t* residual = nullptr;     // packed codes; needed where the epilogue has a residual
    void* output = nullptr;                     // int32 sums, packed codes, or real numbers (or null): epilogue.h
    // Of RealNumbers, where it says so.
    const float* shortcut = nullptr;            // [N, OH, OW, OC]
    const std::int32_t* window_sums = nullptr;  // [N, OH, OW]: window_sums.h
    std::uint8_t* codes[most_grids] = {};       // packed, one a grid
};

// Scratch memory that a caller keeps between runs; one a thread.
class Workspace {
public:
    // At least `bytes` bytes, aligned to 64, with undefined content; valid until the next call.
    std::byte* reserve(std::size_t bytes);

private:
    struct Deleter {
        void operator()(std::byte* memory) const;
    };
    std::unique_ptr<std::byte, Deleter> memory_;
    std::size_t size_ = 0;
};

// Some of a convolution's blocks.
struct Blocks {
    std::int64_t first, end;
};

// A problem with its weights packed for one kernel. Immutable: threads may share it, each with its own workspace. Its
// work falls into blocks of output pixels, each independent of the others, after a preparation of the input that all
// blocks read.
class Convolution {
public:
    virtual ~Convolution() = default;
    void run(const ConvolutionBuffers& buffers, Workspace& workspace) const;

    // Of the weights as packed, without what the last step needs.
    virtual std::size_t weight_bytes() const = 0;

    virtual std::int64_t blocks() const { return 1; }
    virtual std::size_t input_bytes() const { return 0; }
    // `input`: input_bytes() bytes, aligned to 64.
    virtual void prepare_input(const ConvolutionBuffers&, std::byte* /*input*/) const {}
    virtual std::size_t scratch_bytes() const { return 0; }
    // `input`: as prepared; `scratch`: scratch_bytes() bytes, aligned to 64, of this thread.
    virtual void run_blocks(const ConvolutionBuffers& buffers, const std::byte* input, std::byte* scratch,
                            Blocks range) const = 0;
};

}  // namespace dsqbench
