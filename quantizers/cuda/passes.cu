#include <algorithm>
#include <stdexcept>
#include <string>

#include "quantizers/cuda/passes.h"

namespace dsqbench::cuda {

namespace {

constexpr int threads = 256;
constexpr int warps = threads / 32;
constexpr std::int64_t elements_a_thread = 8;  // of small tensors; large ones keep this many blocks busy
constexpr std::int64_t most_blocks = 1056;     // 8 for each of an H100's 132 multiprocessors

std::int64_t blocks_a_channel(const Elements& elements) {
    const std::int64_t wanted = (elements.count + threads * elements_a_thread - 1) / (threads * elements_a_thread);
    return std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(1, most_blocks / elements.channels));
}

dim3 launch_grid(const Elements& elements) {
    return {static_cast<unsigned>(blocks_a_channel(elements)), static_cast<unsigned>(elements.channels)};
}

cudaStream_t stream_of(const Elements& elements) {
    return static_cast<cudaStream_t>(elements.stream);
}

void check_launch() {
    if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess)
        throw std::runtime_error(std::string("a quantizer's CUDA kernel did not start: ") + cudaGetErrorString(error));
}

// Elements of this thread: `act(index)` for each, neighbours in neighbouring threads.
template <class Act>
__device__ void for_elements(std::int64_t count, const Act& act) {
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * threads + threadIdx.x;
    const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * threads;
#pragma unroll 4
    for (std::int64_t i = first; i < count; i += step) act(i);
}

__global__ void quantize_kernel(Elements elements, Staircases stairs, float* y) {
    const std::int64_t channel = blockIdx.y, start = channel * elements.count;
    const OnStaircase formula{{0, 0, stairs.offset[channel], stairs.scale[channel], stairs.highest}};
    for_elements(elements.count, [&](std::int64_t i) { y[start + i] = formula.value(elements.x[start + i]); });
}

__device__ double sum_of_warp(double value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_down_sync(0xffffffffU, value, distance);
    return value;
}

// The sum over all threads of the block, in thread 0.
__device__ double sum_of_block(double value) {
    __shared__ double of_warps[warps];
    value = sum_of_warp(value);
    if (threadIdx.x % 32 == 0) of_warps[threadIdx.x / 32] = value;
    __syncthreads();
    value = threadIdx.x < warps ? of_warps[threadIdx.x] : 0;
    __syncthreads();  // of_warps is free for the next sum
    return sum_of_warp(value);
}

template <class Source>
__global__ void gradient_kernel(Elements elements, const float* upstream, float* by_x, double* partial, Source source) {
    constexpr int sum_count = Source::Formula::sum_count;
    const std::int64_t channel = blockIdx.y, start = channel * elements.count;
    const auto formula = source.formula(channel);
    float sums[sum_count] = {};
    for_elements(elements.count, [&](std::int64_t i) {
        by_x[start + i] = formula.gradient(elements.x[start + i], upstream[start + i], sums);
    });
    if constexpr (Source::has_sums) {
        for (int k = 0; k < sum_count; ++k) {
            const double sum = sum_of_block(sums[k]);
            if (threadIdx.x == 0) partial[(channel * gridDim.x + blockIdx.x) * sum_count + k] = sum;
        }
    }
}

// One block a channel.
template <class Source>
__global__ void finish_kernel(const double* partial, std::int64_t blocks, Source source) {
    constexpr int sum_count = Source::Formula::sum_count;
    const std::int64_t channel = blockIdx.x;
    double sums[sum_count] = {};
    for (int k = 0; k < sum_count; ++k) {
        double sum = 0;
        for (std::int64_t b = threadIdx.x; b < blocks; b += threads)
            sum += partial[(channel * blocks + b) * sum_count + k];
        sums[k] = sum_of_block(sum);
    }
    if (threadIdx.x == 0) source.finish(channel, sums);
}

__global__ void range_kernel(const float* l, const float* u, std::int64_t channels, float* valid_l, float* valid_u) {
    const std::int64_t channel = static_cast<std::int64_t>(blockIdx.x) * threads + threadIdx.x;
    if (channel >= channels) return;
    const RangeBounds bounds = valid_bounds(l[channel], u[channel]);
    valid_l[channel] = bounds.l;
    valid_u[channel] = bounds.u;
}

}  // namespace

void fake_quantize(const Elements& elements, const Staircases& stairs, float* y) {
    quantize_kernel<<<launch_grid(elements), threads, 0, stream_of(elements)>>>(elements, stairs, y);
    check_launch();
}

std::int64_t partial_sums(const Elements& elements, int sum_count) {
    return elements.channels * blocks_a_channel(elements) * sum_count;
}

template <class Source>
void gradient(const Elements& elements, const float* upstream, float* by_x, double* partial, const Source& source) {
    gradient_kernel<<<launch_grid(elements), threads, 0, stream_of(elements)>>>(elements, upstream, by_x, partial,
                                                                                source);
    check_launch();
    if constexpr (Source::has_sums) {
        finish_kernel<<<static_cast<unsigned>(elements.channels), threads, 0, stream_of(elements)>>>(
            partial, blocks_a_channel(elements), source);
        check_launch();
    }
}

void valid_ranges(const float* l, const float* u, std::int64_t channels, void* stream, float* valid_l, float* valid_u) {
    const auto blocks = static_cast<unsigned>((channels + threads - 1) / threads);
    range_kernel<<<blocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(l, u, channels, valid_l, valid_u);
    check_launch();
}

// One for every source that a quantizer has.
#define DSQBENCH_GRADIENT(...) \
    template void gradient(const Elements&, const float*, float*, double*, const __VA_ARGS__&)
DSQBENCH_GRADIENT(StaircaseSource<StraightLane, FusedNeeds::input>);
DSQBENCH_GRADIENT(StaircaseSource<StraightLane, FusedNeeds::input_and_parameters>);
DSQBENCH_GRADIENT(StaircaseSource<TanhLane, FusedNeeds::input>);
DSQBENCH_GRADIENT(StaircaseSource<TanhLane, FusedNeeds::input_and_parameters>);
DSQBENCH_GRADIENT(EwgsSource);
DSQBENCH_GRADIENT(PactSource);
DSQBENCH_GRADIENT(LsqSource);
#undef DSQBENCH_GRADIENT

}  // namespace dsqbench::cuda
