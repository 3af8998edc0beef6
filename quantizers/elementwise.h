// Element-wise functions with learned parameters, in one pass over memory each way, for float32 on the CPU. A quantizer
// states its formula once, for vectors of any number of elements:
//     struct Formula {
//         static constexpr int sum_count = ...;  // of its reductions, 1 to 4
//         template <class Vector> Vector value(const Vector& x) const;  // y
//         template <class Vector>                                       // dL/dx; adds to the reductions
//         Vector gradient(const Vector& x, const Vector& upstream, Vector (&sums)[sum_count]) const;
//     };
// and gets loops for AVX-512, AVX2 and every other x86 or ARM. Forward passes have the same bits on all; backward
// passes use FMA where it is. Only x is kept between the two.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "quantizers/lanes.h"

namespace dsqbench {

// Does this processor run the copies for AVX2 with FMA, for AVX-512?
bool has_avx2();
bool has_avx512();

template <class Formula>
using ReductionsOf = std::array<double, Formula::sum_count>;

namespace detail {

// y may be x. The formula is a copy, so that its constants stay in registers although y might overlap it.
template <class Vector, class Formula>
DSQBENCH_INLINE void value_body(Formula formula, const float* x, std::int64_t count, float* y) {
    constexpr std::int64_t lanes = lanes_in<Vector>;
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store_lanes(y + i, formula.value(load_lanes<Vector>(x + i)));
    if (i == count) return;
    float last[lanes] = {};
    std::copy_n(x + i, count - i, last);
    store_lanes(last, formula.value(load_lanes<Vector>(last)));
    std::copy_n(last, count - i, y + i);
}

template <class Formula, class Vector>
DSQBENCH_INLINE void flush_sums(Vector (&sums)[Formula::sum_count], ReductionsOf<Formula>& totals) {
    for (int k = 0; k < Formula::sum_count; ++k) {
        totals[static_cast<std::size_t>(k)] += static_cast<double>(sum_of_lanes(sums[k]));
        sums[k] = Vector{};
    }
}

// `gradient` may be `upstream`.
template <class Vector, class Formula>
DSQBENCH_INLINE ReductionsOf<Formula> gradient_body(Formula formula, const float* x, const float* upstream,
                                                    std::int64_t count, float* gradient) {
    constexpr std::int64_t lanes = lanes_in<Vector>;
    // Float32 sums of at most this many terms a lane, then float64: the error stays that of 512 additions.
    constexpr std::int64_t block = 512 * lanes;
    ReductionsOf<Formula> totals{};
    Vector sums[Formula::sum_count] = {};
    std::int64_t i = 0;
    while (i + lanes <= count) {
        const std::int64_t end = std::min(count - lanes + 1, i + block);
        for (; i < end; i += lanes)
            store_lanes(gradient + i,
                        formula.gradient(load_lanes<Vector>(x + i), load_lanes<Vector>(upstream + i), sums));
        flush_sums<Formula>(sums, totals);
    }
    const std::int64_t left = count - i;
    if (left > 0) {  // lanes beyond the end have an upstream gradient of 0, which adds nothing
        float last_x[lanes] = {}, last_upstream[lanes] = {}, last_gradient[lanes];
        std::copy_n(x + i, left, last_x);
        std::copy_n(upstream + i, left, last_upstream);
        store_lanes(last_gradient,
                    formula.gradient(load_lanes<Vector>(last_x), load_lanes<Vector>(last_upstream), sums));
        std::copy_n(last_gradient, left, gradient + i);
        flush_sums<Formula>(sums, totals);
    }
    return totals;
}

#if defined(__x86_64__)
template <class Formula>
[[gnu::target("avx2")]] void value_avx2(const Formula& formula, const float* x, std::int64_t count, float* y) {
    value_body<Lanes>(formula, x, count, y);
}
#if defined(DSQBENCH_WIDE_LANES)
template <class Formula>
[[gnu::target("avx512f,prefer-vector-width=512")]] void value_avx512(const Formula& formula, const float* x,
                                                                     std::int64_t count, float* y) {
    value_body<WideLanes>(formula, x, count, y);
}
#endif
template <class Formula>
[[gnu::target("avx2,fma")]] ReductionsOf<Formula> gradient_avx2(const Formula& formula, const float* x,
                                                                const float* upstream, std::int64_t count,
                                                                float* gradient) {
    return gradient_body<Lanes>(formula, x, upstream, count, gradient);
}
#if defined(DSQBENCH_WIDE_LANES)
template <class Formula>
[[gnu::target("avx512f,prefer-vector-width=512")]] ReductionsOf<Formula> gradient_avx512(
    const Formula& formula, const float* x, const float* upstream, std::int64_t count, float* gradient) {
    return gradient_body<WideLanes>(formula, x, upstream, count, gradient);
}
#endif
#endif

}  // namespace detail

template <class Formula>
void apply_value(const Formula& formula, const float* x, std::int64_t count, float* y) {
#if defined(__x86_64__)
#if defined(DSQBENCH_WIDE_LANES)
    if (has_avx512()) return detail::value_avx512(formula, x, count, y);
#endif
    if (has_avx2()) return detail::value_avx2(formula, x, count, y);
#endif
    detail::value_body<Lanes>(formula, x, count, y);
}

template <class Formula>
ReductionsOf<Formula> apply_gradient(const Formula& formula, const float* x, const float* upstream, std::int64_t count,
                                     float* gradient) {
#if defined(__x86_64__)
#if defined(DSQBENCH_WIDE_LANES)
    if (has_avx512()) return detail::gradient_avx512(formula, x, upstream, count, gradient);
#endif
    if (has_avx2()) return detail::gradient_avx2(formula, x, upstream, count, gradient);
#endif
    return detail::gradient_body<Lanes>(formula, x, upstream, count, gradient);
}

// A formula whose type is forgotten, for layers that quantize inside their own loops.
class ElementwisePass {
public:
    static constexpr int most_sums = 4;
    using Sums = std::array<double, most_sums>;

    virtual ~ElementwisePass() = default;
    // In place or not.
    virtual void value(const float* x, std::int64_t count, float* y) const = 0;
    virtual void gradient(const float* x, const float* upstream, std::int64_t count, float* gradient,
                          Sums& sums) const = 0;
};

template <class Formula>
class FormulaPass : public ElementwisePass {
public:
    explicit FormulaPass(const Formula& formula) : formula_(formula) {}
    void value(const float* x, std::int64_t count, float* y) const override { apply_value(formula_, x, count, y); }
    void gradient(const float* x, const float* upstream, std::int64_t count, float* gradient,
                  Sums& sums) const override {
        const auto found = apply_gradient(formula_, x, upstream, count, gradient);
        for (std::size_t k = 0; k < found.size(); ++k) sums[k] += found[k];
    }

private:
    Formula formula_;
};

}  // namespace dsqbench
