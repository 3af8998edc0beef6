// XNNPACK's convolutions, NHWC. Works with the snapshots of Debian 12 (2022) and 13 (2024), between
// which a step called reshape was split off the set-up, caches were added and qc8 became qs8_qc8w.
#include <pthreadpool.h>
#include <xnnpack.h>

#include <limits>
#include <memory>
#include <vector>

#include "kernels/bench/rival.h"

namespace dsqbench {
namespace {

struct Operator {
    ~Operator() {
        if (handle != nullptr) xnn_delete_operator(handle);
    }
    xnn_operator_t handle = nullptr;
};

struct PoolDeleter {
    void operator()(pthreadpool* pool) const { pthreadpool_destroy(pool); }
};

template <class Value>
struct State {
    std::unique_ptr<pthreadpool, PoolDeleter> pool;  // none for one thread; outlives the operator
    Operator operation;
    std::vector<Value> input, output, weights;
    std::vector<float> scales;
    std::vector<std::byte> workspace;
};

struct Sizes {
    std::uint32_t top, right, bottom, left, kernel_height, kernel_width, stride, groups;
    std::size_t in, out, in_stride, out_stride;
};

Sizes sizes_of(const ConvolutionShape& shape) {
    const auto small = [](int value) { return static_cast<std::uint32_t>(value); };
    const auto in = static_cast<std::size_t>(shape.in_channels), out = static_cast<std::size_t>(shape.out_channels);
    const auto groups = static_cast<std::size_t>(shape.groups);
    return {small(shape.padding.top),
            small(shape.padding.right),
            small(shape.padding.bottom),
            small(shape.padding.left),
            small(shape.kernel_height),
            small(shape.kernel_width),
            small(shape.stride),
            small(shape.groups),
            in / groups,
            out / groups,
            in,
            out};
}

#ifdef DSQBENCH_XNNPACK_HAS_RESHAPE
#define DSQBENCH_XNNPACK_CACHES nullptr, nullptr,
#define DSQBENCH_XNNPACK_CREATE_INT8 xnn_create_convolution2d_nhwc_qs8_qc8w
#define DSQBENCH_XNNPACK_SETUP(type, state)                                                                      \
    std::size_t bytes = 0, alignment = 1;                                                                        \
    if (xnn_reshape_convolution2d_nhwc_##type(state->operation.handle, batch, height, width, &bytes, &alignment, \
                                              nullptr, nullptr, state->pool.get()) != xnn_status_success)        \
        return xnn_status_invalid_state;                                                                         \
    state->workspace.resize(bytes + alignment);                                                                  \
    void* place = state->workspace.data();                                                                       \
    std::size_t room = state->workspace.size();                                                                  \
    std::align(alignment, bytes, place, room);                                                                   \
    return xnn_setup_convolution2d_nhwc_##type(state->operation.handle, place, state->input.data(),              \
                                               state->output.data())
#else
#define DSQBENCH_XNNPACK_CACHES
#define DSQBENCH_XNNPACK_CREATE_INT8 xnn_create_convolution2d_nhwc_qc8
#define DSQBENCH_XNNPACK_SETUP(type, state)                                                                        \
    return xnn_setup_convolution2d_nhwc_##type(state->operation.handle, batch, height, width, state->input.data(), \
                                               state->output.data(), state->pool.get())
#endif

xnn_status create(const Sizes& s, State<float>& state) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    return xnn_create_convolution2d_nhwc_f32(s.top, s.right, s.bottom, s.left, s.kernel_height, s.kernel_width,
                                             s.stride, s.stride, 1, 1, s.groups, s.in, s.out, s.in_stride, s.out_stride,
                                             state.weights.data(), nullptr, -infinity, infinity, 0,
                                             DSQBENCH_XNNPACK_CACHES & state.operation.handle);
}

xnn_status create(const Sizes& s, State<std::int8_t>& state) {
    state.scales.assign(s.out_stride, 0.25F);
    return DSQBENCH_XNNPACK_CREATE_INT8(s.top, s.right, s.bottom, s.left, s.kernel_height, s.kernel_width, s.stride,
                                        s.stride, 1, 1, s.groups, s.in, s.out, s.in_stride, s.out_stride, 0, 1.0F,
                                        state.scales.data(), state.weights.data(), nullptr, 0, 1.0F, -128, 127, 0,
                                        DSQBENCH_XNNPACK_CACHES & state.operation.handle);
}

xnn_status set_up(const ConvolutionShape& shape, State<float>* state) {
    const auto batch = static_cast<std::size_t>(shape.batch), height = static_cast<std::size_t>(shape.height),
               width = static_cast<std::size_t>(shape.width);
    DSQBENCH_XNNPACK_SETUP(f32, state);
}

xnn_status set_up(const ConvolutionShape& shape, State<std::int8_t>* state) {
    const auto batch = static_cast<std::size_t>(shape.batch), height = static_cast<std::size_t>(shape.height),
               width = static_cast<std::size_t>(shape.width);
#ifdef DSQBENCH_XNNPACK_HAS_RESHAPE
    DSQBENCH_XNNPACK_SETUP(qs8_qc8w, state);
#else
    DSQBENCH_XNNPACK_SETUP(qc8, state);
#endif
}

template <class Value>
PreparedRival prepare_type(const ConvolutionShape& shape, const RivalLimits& limits) {
    if (limits.excludes_avx512()) return {{}, {}, "XNNPACK cannot be held to fewer instruction sets than there are"};
    static const bool initialised = xnn_initialize(nullptr) == xnn_status_success;
    if (!initialised) return {{}, {}, "XNNPACK does not support this processor"};
    auto state = std::make_shared<State<Value>>();
    if (limits.threads > 1) state->pool.reset(pthreadpool_create(static_cast<std::size_t>(limits.threads)));
    // The kernels read past the end of the input.
    const auto extra = XNN_EXTRA_BYTES / sizeof(Value);
    const auto weights = static_cast<std::size_t>(shape.out_channels) * static_cast<std::size_t>(shape.depth());
    state->weights.assign(weights, static_cast<Value>(1));
    state->input.assign(static_cast<std::size_t>(shape.in_pixels() * shape.in_channels) + extra, static_cast<Value>(1));
    state->output.resize(static_cast<std::size_t>(shape.out_pixels() * shape.out_channels));
    if (create(sizes_of(shape), *state) != xnn_status_success || set_up(shape, state.get()) != xnn_status_success)
        return {{}, {}, "XNNPACK refuses this layer"};
    return {[state] { xnn_run_operator(state->operation.handle, state->pool.get()); }, "", ""};
}

const RivalRegistration f32("xnnpack/convolution_f32",
                            {Arithmetic::f32, "convolution of floats", "", prepare_type<float>});
const RivalRegistration int8("xnnpack/convolution_qc8",
                             {Arithmetic::int8, "convolution of signed bytes, weights scaled by channel", "",
                              prepare_type<std::int8_t>});

}  // namespace
}  // namespace dsqbench
