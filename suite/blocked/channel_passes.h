// Passes over the planes of 8 channels of one image: normalisation with ReLU, its gradient, statistics. A plane is
// [pixels, 8], contiguous; what belongs to a channel is 8 floats.
#pragma once

#include <cstdint>

namespace dsqbench::blocked {

// Pixels at a time where several passes follow each other: 8 KiB, so that they meet in the L1 cache.
inline constexpr std::int64_t chunk = 256;

enum class Rectified { no, yes };

// z = x * scale + shift, then ReLU. Null `scale` and `shift`: z = x.
struct Normalisation {
    const float* scale = nullptr;
    const float* shift = nullptr;
    Rectified rectified = Rectified::no;

    bool is_identity() const { return scale == nullptr && rectified == Rectified::no; }
    Normalisation of_block(std::int64_t block_index) const;  // of the channels of that block
};

// z may be x.
void normalise(const Normalisation& normalisation, const float* x, std::int64_t pixels, float* z);

// Sums over pixels of the gradient of scale and shift, 8 channels each; added to.
struct NormalisationSums {
    double* scale;
    double* shift;
};

// upstream -> the gradient of x, in place. `z` as by normalise(): where it is 0 after a ReLU nothing passes.
void normalisation_gradient(const Normalisation& normalisation, const float* x, const float* z, std::int64_t pixels,
                            float* upstream, const NormalisationSums& sums);

// gradient = upstream + first + second * (y - mean), a channel: what flows back through mean and variance.
void add_statistics_gradient(const float* upstream, const float* y, std::int64_t pixels, const float* first,
                             const float* second, const float* mean, float* gradient);

// Mean, sum of squared distances from it, smallest and largest of every channel of a plane.
struct PlaneStatistics {
    float mean[8], distance[8], lowest[8], highest[8];
};
PlaneStatistics plane_statistics(const float* y, std::int64_t pixels);

// out = max(a + b, 0); widens the extremes (8 floats each).
void join(const float* a, const float* b, std::int64_t pixels, float* out, float* lowest, float* highest);
// gradient = upstream where out > 0, else 0.
void join_gradient(const float* out, const float* upstream, std::int64_t pixels, float* gradient);

}  // namespace dsqbench::blocked
