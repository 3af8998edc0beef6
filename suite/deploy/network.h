// The integer network as data: steps that read and write tensors of packed codes (kernels/api/layout.h) or of float32.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kernels/api/convolution.h"
#include "suite/deploy/graph.h"

namespace dsqbench::deploy {

constexpr int real_bits = 32;

struct TensorType {
    int height = 0, width = 0, channels = 0;
    int bits = real_bits;  // 1 to 8: packed codes; 32: float32. NHWC

    bool is_real() const { return bits == real_bits; }
    std::int64_t pixels() const { return std::int64_t{height} * width; }
    std::int64_t bytes() const;  // of one image
};

// Bytes of an image, [C, H, W], through a table to codes or real numbers: normalisation and quantizer of the first
// layer.
struct ReadImage {
    std::vector<std::uint8_t> codes;  // [C][256]; empty where the output is real
    std::vector<float> reals;
};

// A convolution of codes: the sums of products are integers.
struct IntegerConvolution {
    ConvolutionProblem problem;         // batch 1; the epilogue is Thresholds or RealNumbers
    std::vector<std::uint8_t> weights;  // dense: bits.h
};

// The same of real numbers, for layers that stay in float32. Products are summed in float64, rounded once to float32.
struct RealConvolution {
    ConvolutionShape shape;
    std::vector<float> weights;  // [OC][KH][KW][C]
    RealNumbers epilogue;
};

struct Quantize {
    RealGrid grid;
};

struct Step {
    std::string name;  // unique
    int input = -1;    // tensor; -1: the images
    std::optional<int> shortcut;
    std::optional<int> output;  // codes of Thresholds and Quantize; otherwise real numbers
    std::vector<int> codes;     // of RealNumbers, one a grid
    std::variant<ReadImage, IntegerConvolution, RealConvolution, Quantize, MaxPool, MeanPool> operation;
};

struct Network {
    std::string model;
    ImageSize image;
    std::vector<TensorType> tensors;
    std::vector<Step> steps;  // in order; the output of the last one is the logits
    std::map<std::string, std::string> source;

    int classes() const;
};

// Every index, size, type and list fits every other. Throws Error(data) that names the step; `place` is the file.
void validate(const Network& network, const std::string& place);

// Bytes of the weights of integer convolutions of fewer than 8 bits (packed, with what their epilogues need), and what
// the same weights take as float32.
struct WeightSize {
    std::int64_t packed = 0, epilogue = 0, as_float = 0;
};
WeightSize low_bit_weights(const Network& network);
WeightSize all_weights(const Network& network);

}  // namespace dsqbench::deploy
