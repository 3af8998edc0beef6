// gemmlowp's matrix product of a layer's size, unsigned by unsigned bytes to 32-bit sums. Gathering a
// convolution's pixels is not counted.
//
// gemmlowp chooses its instructions when it is compiled, by macros that GCC 12 does not set for a pragma: it reads a C++
// file to the end before it parses. Without its own macro for them gemmlowp computes one product after the other, 23
// times slower. Only what stands between the pragmas is compiled for AVX2; the standard library's functions, which the
// linker shares with other files, are not, as their headers come first.
#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include "kernels/bench/rival.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2")
#define GEMMLOWP_AVX2
#endif
#include <gemmlowp/public/gemmlowp.h>
#if defined(__x86_64__)
#pragma GCC pop_options
#endif
#pragma GCC diagnostic pop

namespace dsqbench {
namespace {

struct State {
    gemmlowp::GemmContext context;
    std::vector<std::uint8_t> activations, weights;
    std::vector<std::int32_t> sums;
    int rows, columns, depth;
};

void multiply(State& state) {
    using gemmlowp::MapOrder;
    const gemmlowp::MatrixMap<const std::uint8_t, MapOrder::RowMajor> left(state.weights.data(), state.columns,
                                                                           state.depth);
    const gemmlowp::MatrixMap<const std::uint8_t, MapOrder::ColMajor> right(state.activations.data(), state.depth,
                                                                            state.rows);
    gemmlowp::MatrixMap<std::int32_t, MapOrder::ColMajor> result(state.sums.data(), state.columns, state.rows);
    gemmlowp::GemmWithOutputPipeline<std::uint8_t, std::int32_t, gemmlowp::DefaultL8R8BitDepthParams>(
        &state.context, left, right, &result, -128, 0, std::make_tuple());
}

bool may_run(const RivalLimits& limits) {
#if defined(__x86_64__)
    const bool allowed = !limits.allowed || limits.allowed->contain(InstructionSet::avx2);
    return allowed && available_instruction_sets().contain(InstructionSet::avx2);
#else
    return true;
#endif
}

PreparedRival prepare(const ConvolutionShape& shape, const RivalLimits& limits) {
    if (!may_run(limits)) return {{}, {}, "gemmlowp was compiled for AVX2"};
    if (shape.depthwise()) return {{}, {}, "a depth-wise layer is no matrix product"};
    auto state = std::make_shared<State>();
    state->context.set_max_num_threads(limits.threads);
    state->rows = static_cast<int>(shape.out_pixels());
    state->columns = shape.out_channels;
    state->depth = shape.depth();
    const auto depth = static_cast<std::size_t>(shape.depth());
    state->activations.assign(static_cast<std::size_t>(shape.out_pixels()) * depth, 1);
    state->weights.assign(static_cast<std::size_t>(shape.out_channels) * depth, 129);
    state->sums.resize(static_cast<std::size_t>(shape.out_pixels() * shape.out_channels));
    return {[state] { multiply(*state); }, "", ""};
}

const RivalRegistration registration("gemmlowp/gemm_u8u8",
                                     {Arithmetic::int8, "matrix product of unsigned bytes to 32-bit sums", "",
                                      prepare});

}  // namespace
}  // namespace dsqbench
