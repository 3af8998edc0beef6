// What a node of a graph computes from given inputs, in float64: the arithmetic that an integer step is held against.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "suite/deploy/graph.h"

namespace dsqbench::deploy::testing {

using Values = std::vector<double>;  // one image, NHWC

inline double weight_of(const Layer& layer, std::size_t channel, std::size_t k) {
    const std::size_t i = channel * static_cast<std::size_t>(layer.shape.depth()) + k;
    if (!layer.codes) return static_cast<double>(layer.weights[i]);
    return static_cast<double>(layer.codes->offset[channel]) +
           static_cast<double>(layer.codes->scale[channel]) * layer.codes->codes[i];
}

inline Values reference(const Layer& layer, const Values& in, const Values& shortcut) {
    const ConvolutionShape& shape = layer.shape;
    Values out;
    for (int y = 0; y < shape.out_height(); ++y)
        for (int x = 0; x < shape.out_width(); ++x)
            for (int c = 0; c < shape.out_channels; ++c) {
                const auto channel = static_cast<std::size_t>(c);
                double sum = 0;
                for (int k = 0; k < shape.depth(); ++k) {
                    const int tap = k / shape.in_channels;
                    const int row = y * shape.stride + tap / shape.kernel_width - shape.padding.top;
                    const int column = x * shape.stride + tap % shape.kernel_width - shape.padding.left;
                    if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
                    const auto place = static_cast<std::size_t>((row * shape.width + column) * shape.in_channels +
                                                                k % shape.in_channels);
                    sum += in[place] * weight_of(layer, channel, static_cast<std::size_t>(k));
                }
                double value =
                    static_cast<double>(layer.scale[channel]) * sum + static_cast<double>(layer.shift[channel]);
                if (layer.shortcut) value += shortcut[out.size()];
                out.push_back(layer.rectifier == Rectifier::relu ? std::max(value, 0.0) : value);
            }
    return out;
}

inline Values reference(const MaxPool& pool, const NodeSize& in_size, const NodeSize& out_size, const Values& in) {
    Values out;
    for (int y = 0; y < out_size.height; ++y)
        for (int x = 0; x < out_size.width; ++x)
            for (int c = 0; c < in_size.channels; ++c) {
                double largest = -1e300;
                for (int tap = 0; tap < pool.kernel * pool.kernel; ++tap) {
                    const int row = y * pool.stride + tap / pool.kernel - pool.padding;
                    const int column = x * pool.stride + tap % pool.kernel - pool.padding;
                    if (row < 0 || row >= in_size.height || column < 0 || column >= in_size.width) continue;
                    largest = std::max(
                        largest, in[static_cast<std::size_t>((row * in_size.width + column) * in_size.channels + c)]);
                }
                out.push_back(largest);
            }
    return out;
}

inline Values reference(const MeanPool&, const NodeSize& in_size, const Values& in) {
    Values out(static_cast<std::size_t>(in_size.channels));
    for (std::size_t i = 0; i < in.size(); ++i)
        out[i % out.size()] += in[i] / (static_cast<double>(in.size()) / static_cast<double>(out.size()));
    return out;
}

}  // namespace dsqbench::deploy::testing
