// One pass over memory each way, for float32 on the CPU: what the tensor formulas of grid.cpp and staircase.h say in
// ten. The forward pass gives their bits; the backward pass their values to float32 rounding (tested). One body serves
// AVX2 and every other x86 or ARM; it has the same bits on all.
#pragma once

#include <ATen/ATen.h>

#include "quantizers/grid.h"
#include "quantizers/lanes.h"

namespace dsqbench {

// Can the fused passes take x? Contiguous float32 on the CPU.
bool is_fusable(const at::Tensor& x);

// grid.fake_quantize(x) for a grid without warp.
at::Tensor fused_fake_quantize(const at::Tensor& x, const Grid& grid);

// Does this processor run the AVX2 copies?
bool has_avx2();

// The part of a tensor that shares one range, and the range.
struct FusedSegment {
    const float* x;
    const float* upstream;
    float* input_gradient;
    std::int64_t count;
    float l, u, offset, scale, highest;
};

// Sums over a segment of upstream * (1, dy/dx, dy/du, dh/dalpha inside).
struct FusedSums {
    double upstream = 0, input = 0, by_u = 0, by_alpha = 0;
};

enum class FusedNeeds { input, input_and_parameters };

// Eight elements of the backward pass; see staircase.h for the formulas. `Step::Lane` is the step in lanes.
template <class Lane, FusedNeeds needs>
struct FusedBackward {
    const FusedSegment& segment;
    const Lane& step;
    bool soft_q;
    Lanes upstream_sum{}, input_sum{}, by_u_sum{}, by_alpha_sum{};

    DSQBENCH_INLINE Lanes operator()(const Lanes& x, const Lanes& upstream) {
        const Lanes v = clamp_lanes((x - segment.offset) / segment.scale, 0, segment.highest);
        const Lanes interval = clamp_lanes(floor_lanes(v), 0, segment.highest - 1);
        const Lanes t = v - interval;
        const LaneMask inside = (x >= segment.l) & (x <= segment.u);
        const Lanes slope = where_lanes(inside, step.slope(t));
        const Lanes gradient = upstream * slope;
        if constexpr (needs == FusedNeeds::input_and_parameters) {
            const Lanes q = soft_q ? interval + step.value(t) : round_lanes(v);
            upstream_sum += upstream;
            input_sum += gradient;
            by_u_sum += upstream * ((q - v * slope) / segment.highest);
            by_alpha_sum += where_lanes(inside, upstream * step.by_alpha(t));
        }
        return gradient;
    }

    DSQBENCH_INLINE void flush(FusedSums& sums) {
        sums.upstream += static_cast<double>(sum_of_lanes(upstream_sum));
        sums.input += static_cast<double>(sum_of_lanes(input_sum));
        sums.by_u += static_cast<double>(sum_of_lanes(by_u_sum));
        sums.by_alpha += static_cast<double>(sum_of_lanes(by_alpha_sum));
        upstream_sum = input_sum = by_u_sum = by_alpha_sum = Lanes{};
    }
};

template <class Lane, FusedNeeds needs>
DSQBENCH_INLINE FusedSums fused_backward_body(const FusedSegment& segment, const Lane& step, bool soft_q) {
    // Float32 sums of at most this many terms a lane, then float64: the error stays that of 512 additions.
    constexpr std::int64_t block = 512 * lane_count;
    FusedBackward<Lane, needs> pass{segment, step, soft_q};
    FusedSums sums;
    std::int64_t i = 0;
    while (i + lane_count <= segment.count) {
        const std::int64_t end = std::min(segment.count - lane_count + 1, i + block);
        for (; i < end; i += lane_count)
            store_lanes(segment.input_gradient + i, pass(load_lanes(segment.x + i), load_lanes(segment.upstream + i)));
        pass.flush(sums);
    }
    const std::int64_t left = segment.count - i;
    if (left > 0) {  // lanes beyond the end have an upstream gradient of 0, which adds nothing
        float x[lane_count] = {}, upstream[lane_count] = {}, gradient[lane_count];
        std::copy_n(segment.x + i, left, x);
        std::copy_n(segment.upstream + i, left, upstream);
        store_lanes(gradient, pass(load_lanes(x), load_lanes(upstream)));
        std::copy_n(gradient, left, segment.input_gradient + i);
        pass.flush(sums);
    }
    return sums;
}

#if defined(__x86_64__)
template <class Lane, FusedNeeds needs>
[[gnu::target("avx2")]] FusedSums fused_backward_avx2(const FusedSegment& segment, const Lane& step, bool soft_q) {
    return fused_backward_body<Lane, needs>(segment, step, soft_q);
}
#endif

template <class Lane, FusedNeeds needs>
FusedSums fused_backward(const FusedSegment& segment, const Lane& step, bool soft_q) {
#if defined(__x86_64__)
    if (has_avx2()) return fused_backward_avx2<Lane, needs>(segment, step, soft_q);
#endif
    return fused_backward_body<Lane, needs>(segment, step, soft_q);
}

}  // namespace dsqbench
