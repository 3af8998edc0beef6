// What fake-quantized evaluation computes, in real numbers: the layers of a network with their weights as codes of a
// grid, the grids of their inputs, and the affine function that batch normalisation is in evaluation. lower() makes an
// integer network of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kernels/api/epilogue.h"
#include "kernels/api/shape.h"

namespace dsqbench::deploy {

// value = offset[c] + scale[c] * code
struct WeightCodes {
    int bits = 8;
    std::vector<std::uint8_t> codes;   // one byte a code, [OC][KH][KW][C]
    std::vector<float> scale, offset;  // [OC]
};

// A convolution or, with a kernel of 1x1 or of the image's size, a linear layer. In float32:
//     y = scale[c] * convolution + shift[c]  (+ the short cut's value);  y = max(y, 0) with relu
struct Layer {
    ConvolutionShape shape;            // batch 1; padding pixels are the real number 0
    std::optional<RealGrid> input;     // what quantizes the input; nothing: real numbers
    std::optional<WeightCodes> codes;  // nothing: float weights
    std::vector<float> weights;        // [OC][KH][KW][C]
    std::vector<float> scale, shift;   // [OC]
    Rectifier rectifier = Rectifier::none;
    std::optional<int> shortcut;  // node that is added before the rectifier
};

struct MaxPool {
    int kernel = 2, stride = 2, padding = 0;  // square; what lies outside the image never is the maximum
};

// The mean over all pixels of a channel.
struct MeanPool {};

struct Node {
    std::string name;  // "layer1.0.conv1"
    int input = -1;    // node; -1: the images
    std::variant<Layer, MaxPool, MeanPool> operation;
};

struct ImageSize {
    int channels = 0, height = 0, width = 0;
};

// Nodes in the order of the forward pass; the last one gives the logits.
struct Graph {
    std::string model;
    ImageSize image;
    std::vector<float> pixel_values;  // [channels][256]: what a byte of an image is as a real number
    std::vector<Node> nodes;
    std::map<std::string, std::string> source;  // where the weights come from: label, recipe, weights_sha256, ...
};

// A finite offset and a step above 0 whose inverse is finite.
bool is_proper(const RealGrid& grid);

// The code of x, as a grid's quantizer gives it in float32: subtraction, division, clamping, rounding. That of NaN,
// which no number of a valid network gives but overflowing sums of a hostile one may, is 0, as the kernels have it.
int code_on(const RealGrid& grid, float x);
float value_on(const RealGrid& grid, int code);

struct NodeSize {
    int height = 0, width = 0, channels = 0;
    std::int64_t elements() const { return std::int64_t{height} * width * channels; }
};

// Of every node's output. Throws Error(data) where a node's input does not fit it, with the node's name.
std::vector<NodeSize> node_sizes(const Graph& graph);

}  // namespace dsqbench::deploy
