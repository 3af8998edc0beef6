// Rows of kind "kernel" from what a layer's benchmark found.
#pragma once

#include <string>
#include <vector>

#include "kernels/bench/layer_benchmark.h"
#include "suite/record/row.h"

namespace dsqbench {

struct RowContext {
    std::string network, layer;
    std::string command;  // repeats the layer; the kernel's bits and name are added
    ConvolutionShape shape;
    Cache cache = Cache::warm;
    int threads = 1;
    std::string held_to = {};  // --isa
};

// Kernels in the result's order, then rivals.
std::vector<Row> rows_of(const LayerResult& result, const RowContext& context);

}  // namespace dsqbench
