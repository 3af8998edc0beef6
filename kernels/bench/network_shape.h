// A whole network as shapes: what a rival library is asked to run.
#pragma once

#include <string>
#include <vector>

#include "kernels/api/epilogue.h"
#include "kernels/api/shape.h"

namespace dsqbench {

enum class NodeKind { convolution, fully_connected, max_pool, mean_pool };

struct NodeShape {
    std::string name;
    NodeKind kind = NodeKind::convolution;
    int input = -1;                           // node; -1: the images
    ConvolutionShape convolution = {};        // batch 1; of fully_connected too, with a kernel of the image's size
    int kernel = 0, stride = 0, padding = 0;  // of max_pool
    Rectifier rectifier = Rectifier::none;
    int shortcut = -1;  // node that is added before the rectifier; -1: none
};

struct NetworkShape {
    int channels = 0, height = 0, width = 0;  // of an image
    std::vector<NodeShape> nodes;             // in order
};

}  // namespace dsqbench
