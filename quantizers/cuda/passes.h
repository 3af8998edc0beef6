// Formulas of elementwise.h on NVIDIA GPUs, for float32 tensors in their memory: a kernel each way, and one that adds
// up the reductions, where tensor operations take ten and thirty. Ranges are read where they are, so nothing waits for
// the GPU. A sum is made in the same order every time.
#pragma once

#include <cstdint>

#include "quantizers/ewgs_formula.h"
#include "quantizers/lsq_formula.h"
#include "quantizers/pact_formula.h"
#include "quantizers/range_bounds.h"
#include "quantizers/staircase_formula.h"
#include "quantizers/tanh_lane.h"

namespace dsqbench::cuda {

// One channel after the other; `stream` is a cudaStream_t. What is given by pointer is in the GPU's memory.
struct Elements {
    const float* x;
    std::int64_t channels, count;  // of each channel
    void* stream;
};

// A staircase for each channel.
struct Staircases {
    const float *l, *u, *offset, *scale;
    float highest;

    DSQBENCH_INLINE ScalarStaircase at(std::int64_t channel) const {
        return {l[channel], u[channel], offset[channel], scale[channel], highest};
    }
};

// What a quantizer's backward pass needs: the formula of a channel, made on the GPU, and what becomes of its sums.
template <class Step, FusedNeeds needs>
struct StaircaseSource {
    using Formula = StaircaseFormula<Step, needs>;
    static constexpr bool has_sums = needs == FusedNeeds::input_and_parameters;
    Staircases stairs;
    const float* alpha;  // null for a step without
    bool soft_q;
    float *by_l, *by_u, *by_alpha;

    DSQBENCH_INLINE Formula formula(std::int64_t channel) const {
        const ScalarStaircase of_channel = stairs.at(channel);
        return {{of_channel}, Step::of(Step::needs_alpha ? alpha[channel] : 0, of_channel.scale), soft_q};
    }
    DSQBENCH_INLINE void finish(std::int64_t channel, const double* sums) const {
        const RangeSums found = range_sums(sums, stairs.at(channel));
        by_l[channel] = found.l;
        by_u[channel] = found.u;
        by_alpha[channel] = found.alpha;
    }
};

struct EwgsSource {
    using Formula = EwgsFormula;
    static constexpr bool has_sums = true;
    Staircases stairs;
    float strength;
    float *by_l, *by_u;

    DSQBENCH_INLINE Formula formula(std::int64_t channel) const { return {{stairs.at(channel)}, strength}; }
    DSQBENCH_INLINE void finish(std::int64_t channel, const double* sums) const {
        const RangeSums found = range_sums(sums, stairs.at(channel));
        by_l[channel] = found.l;
        by_u[channel] = found.u;
    }
};

struct PactSource {
    using Formula = PactFormula;
    static constexpr bool has_sums = true;
    const float* clip;
    float highest;
    float* by_clip;

    DSQBENCH_INLINE Formula formula(std::int64_t /*channel*/) const { return Formula::of(*clip, highest); }
    DSQBENCH_INLINE void finish(std::int64_t /*channel*/, const double* sums) const {
        *by_clip = static_cast<float>(sums[0]);
    }
};

struct LsqSource {
    using Formula = LsqFormula;
    static constexpr bool has_sums = true;
    const float* step;
    float lowest, highest;
    double gradient_scale;
    float* by_step;

    DSQBENCH_INLINE Formula formula(std::int64_t channel) const { return Formula::of(step[channel], lowest, highest); }
    DSQBENCH_INLINE void finish(std::int64_t channel, const double* sums) const {
        by_step[channel] = static_cast<float>(sums[0] * gradient_scale);
    }
};

// The nearest level of every element. l and u of the staircases are not read.
void fake_quantize(const Elements& elements, const Staircases& stairs, float* y);

// dL/dx for dL/dy = upstream, and the source's gradients. `partial`: scratch of partial_sums() numbers.
template <class Source>
void gradient(const Elements& elements, const float* upstream, float* by_x, double* partial, const Source& source);
std::int64_t partial_sums(const Elements& elements, int sum_count);

// valid_bounds() of each channel.
void valid_ranges(const float* l, const float* u, std::int64_t channels, void* stream, float* valid_l, float* valid_u);

}  // namespace dsqbench::cuda
