#include "suite/blocked/channel_passes.h"

#include "suite/blocked/plan.h"
#include "suite/blocked/targets.h"
#include "suite/blocked/vectors.h"

namespace dsqbench::blocked {

namespace {

DSQBENCH_INLINE Lanes rectify(const Lanes& x) {
    return x < 0 ? Lanes{} : x;  // NaN stays NaN
}

DSQBENCH_INLINE void add_lanes(double* sums, const Lanes& lanes) {
    for (int lane = 0; lane < 8; ++lane) sums[lane] += static_cast<double>(lanes[lane]);
}

DSQBENCH_INLINE Lanes where_positive(const Lanes& z, const Lanes& value) {
    return z > 0 ? value : Lanes{};
}
DSQBENCH_INLINE Lanes smaller(const Lanes& a, const Lanes& b) {
    return a < b ? a : b;
}
DSQBENCH_INLINE Lanes larger(const Lanes& a, const Lanes& b) {
    return a > b ? a : b;
}

}  // namespace

Normalisation Normalisation::of_block(std::int64_t block_index) const {
    if (scale == nullptr) return *this;
    return {scale + block_index * block, shift + block_index * block, rectified};
}

DSQBENCH_AVX2_COPY void normalise(const Normalisation& normalisation, const float* x, std::int64_t pixels, float* z) {
    if (normalisation.scale == nullptr) {
        for (std::int64_t i = 0; i < pixels * block; i += block) {
            const Lanes value = load_lanes(x + i);
            store_lanes(z + i, normalisation.rectified == Rectified::yes ? rectify(value) : value);
        }
        return;
    }
    const Lanes scale = load_lanes(normalisation.scale), shift = load_lanes(normalisation.shift);
    if (normalisation.rectified == Rectified::yes)
        for (std::int64_t i = 0; i < pixels * block; i += block)
            store_lanes(z + i, rectify(load_lanes(x + i) * scale + shift));
    else
        for (std::int64_t i = 0; i < pixels * block; i += block) store_lanes(z + i, load_lanes(x + i) * scale + shift);
}

DSQBENCH_AVX2_COPY void normalisation_gradient(const Normalisation& normalisation, const float* x, const float* z,
                                               std::int64_t pixels, float* upstream, const NormalisationSums& sums) {
    const bool is_scaled = normalisation.scale != nullptr;
    const Lanes scale = is_scaled ? load_lanes(normalisation.scale) : all_lanes<Lanes>(1);
    const bool is_rectified = normalisation.rectified == Rectified::yes;
    Lanes by_scale{}, by_shift{};
    for (std::int64_t i = 0; i < pixels * block; i += block) {
        Lanes gradient = load_lanes(upstream + i);
        if (is_rectified) gradient = where_positive(load_lanes(z + i), gradient);
        by_shift += gradient;
        by_scale += gradient * load_lanes(x + i);
        store_lanes(upstream + i, gradient * scale);
    }
    if (!is_scaled) return;
    add_lanes(sums.scale, by_scale);
    add_lanes(sums.shift, by_shift);
}

DSQBENCH_AVX2_COPY void add_statistics_gradient(const float* upstream, const float* y, std::int64_t pixels,
                                                const float* first, const float* second, const float* mean,
                                                float* gradient) {
    const Lanes constant = load_lanes(first), slope = load_lanes(second), middle = load_lanes(mean);
    for (std::int64_t i = 0; i < pixels * block; i += block)
        store_lanes(gradient + i, load_lanes(upstream + i) + constant + slope * (load_lanes(y + i) - middle));
}

// Two sums each, as an addition takes three cycles.
DSQBENCH_AVX2_COPY PlaneStatistics plane_statistics(const float* y, std::int64_t pixels) {
    Lanes even{}, odd{}, lowest = load_lanes(y), highest = load_lanes(y);
    for (std::int64_t i = 0; i < pixels; ++i) {
        const Lanes value = load_lanes(y + i * block);
        lowest = smaller(value, lowest);
        highest = larger(value, highest);
        if (i + 1 == pixels) {
            even += value;
            break;
        }
        const Lanes next = load_lanes(y + ++i * block);
        lowest = smaller(next, lowest);
        highest = larger(next, highest);
        even += value;
        odd += next;
    }
    const Lanes mean = (even + odd) / static_cast<float>(pixels);
    even = odd = Lanes{};
    std::int64_t i = 0;
    for (; i + 2 <= pixels; i += 2) {
        const Lanes first = load_lanes(y + i * block) - mean, second = load_lanes(y + (i + 1) * block) - mean;
        even += first * first;
        odd += second * second;
    }
    if (i < pixels) {
        const Lanes last = load_lanes(y + i * block) - mean;
        even += last * last;
    }
    PlaneStatistics found;
    store_lanes(found.mean, mean);
    store_lanes(found.distance, even + odd);
    store_lanes(found.lowest, lowest);
    store_lanes(found.highest, highest);
    return found;
}

DSQBENCH_AVX2_COPY void join(const float* a, const float* b, std::int64_t pixels, float* out, float* lowest,
                             float* highest) {
    Lanes least = load_lanes(lowest), most = load_lanes(highest);
    for (std::int64_t i = 0; i < pixels * block; i += block) {
        const Lanes sum = rectify(load_lanes(a + i) + load_lanes(b + i));
        least = smaller(sum, least);
        most = larger(sum, most);
        store_lanes(out + i, sum);
    }
    store_lanes(lowest, least);
    store_lanes(highest, most);
}

DSQBENCH_AVX2_COPY void join_gradient(const float* out, const float* upstream, std::int64_t pixels, float* gradient) {
    for (std::int64_t i = 0; i < pixels * block; i += block)
        store_lanes(gradient + i, where_positive(load_lanes(out + i), load_lanes(upstream + i)));
}

}  // namespace dsqbench::blocked
