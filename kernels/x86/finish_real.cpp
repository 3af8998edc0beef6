// RealNumbers on AVX2, 32 channels of a pixel at once, and codes of pixels that are real numbers already. The
// arithmetic is finish_lanes.h's, in its order. What the loops read is copied into locals first: stores of bytes might
// overwrite anything, so that GCC would load it again after each (eight times slower, measured).
#include "kernels/x86/finish_real.h"

#include "kernels/api/layout.h"
#include "kernels/x86/store_codes.h"

namespace dsqbench {
namespace {

constexpr int lanes = 8;
constexpr int group = 4 * lanes;

struct GridLanes {
    explicit GridLanes(const RealGrid& grid) : bits(grid.bits), offset(grid.offset), step(grid.step) {}
    int bits;
    float offset, step;
};

DSQBENCH_AVX2_INLINE __m256i codes_of(const GridLanes& grid, __m256 y) {
    const __m256 highest = _mm256_set1_ps(static_cast<float>((1 << grid.bits) - 1));
    __m256 position = _mm256_div_ps(_mm256_sub_ps(y, _mm256_set1_ps(grid.offset)), _mm256_set1_ps(grid.step));
    // The second operand wins where both are zero or one is NaN, as in the comparison that these stand for.
    position = _mm256_min_ps(highest, _mm256_max_ps(_mm256_setzero_ps(), position));
    return _mm256_cvtps_epi32(position);  // to nearest, ties to even
}

DSQBENCH_AVX2_INLINE void store_group(const GridLanes& grid, const __m256 (&y)[4], std::uint8_t* output) {
    store_codes_of_group({codes_of(grid, y[0]), codes_of(grid, y[1]), codes_of(grid, y[2]), codes_of(grid, y[3])},
                         grid.bits, output);
}

// Whether a kernel's sums need the affine correction of finish.h.
enum class Totals { are_sums, are_corrected };

// Everything that the loop reads, by value.
struct RealLanes {
    RealLanes(const FinishPlan& plan, const FinishTask& task)
        : real(*std::get_if<RealNumbers>(&plan.epilogue)),
          scale(plan.scale.data()),
          bias(plan.bias.data()),
          window_scale(plan.window_scale.empty() ? nullptr : plan.window_scale.data()),
          factors(plan.factors.data()),
          row_factors(plan.row_factors.data()),
          constants(plan.constants.data()),
          shortcut(real.shortcut == Shortcut::added ? task.buffers.shortcut : nullptr),
          output(static_cast<float*>(task.buffers.output)),
          channels(plan.out_channels),
          is_rectified(real.rectifier == Rectifier::relu) {}

    template <Totals totals>
    DSQBENCH_AVX2_INLINE __m256i total(std::ptrdiff_t channel, const std::int32_t* sums, __m256i row_sum) const {
        if constexpr (totals == Totals::are_sums) return load_256(sums);
        const __m256i product = _mm256_mullo_epi32(load_256(sums), load_256(factors + channel));
        const __m256i row = _mm256_mullo_epi32(row_sum, load_256(row_factors + channel));
        return _mm256_add_epi32(_mm256_add_epi32(product, row), load_256(constants + channel));
    }

    DSQBENCH_AVX2_INLINE __m256 value(std::ptrdiff_t channel, __m256i total, const float* pixel_bias, __m256 window_sum,
                                      std::ptrdiff_t place) const {
        __m256 y = _mm256_add_ps(_mm256_mul_ps(_mm256_loadu_ps(scale + channel), _mm256_cvtepi32_ps(total)),
                                 _mm256_loadu_ps(pixel_bias + channel));
        if (window_scale != nullptr)
            y = _mm256_add_ps(y, _mm256_mul_ps(_mm256_loadu_ps(window_scale + channel), window_sum));
        if (shortcut != nullptr) y = _mm256_add_ps(y, _mm256_loadu_ps(shortcut + place));
        if (is_rectified) y = _mm256_max_ps(_mm256_setzero_ps(), y);
        if (output != nullptr) _mm256_storeu_ps(output + place, y);
        return y;
    }

    const RealNumbers& real;
    const float *scale, *bias, *window_scale;
    const std::int32_t *factors, *row_factors, *constants;
    const float* shortcut;
    float* output;
    int channels;
    bool is_rectified;
};

// Which row of the biases each pixel of a task has, without a division a pixel.
class PixelClasses {
public:
    PixelClasses(const FinishPlan& plan, const RealNumbers& real, std::int64_t first_pixel)
        : classes_(real.classes.empty() ? nullptr : real.classes.data()),
          image_pixels_(plan.image_pixels),
          next_(real.classes.empty() ? 0 : first_pixel % plan.image_pixels) {}

    std::ptrdiff_t next() {
        if (classes_ == nullptr) return 0;
        const std::ptrdiff_t found = classes_[next_];
        if (++next_ == image_pixels_) next_ = 0;
        return found;
    }

private:
    const std::uint8_t* classes_;
    std::int64_t image_pixels_, next_;
};

template <int grids, Totals totals>
DSQBENCH_AVX2 void finish_grids(const FinishPlan& plan, const FinishTask& task) {
    const RealLanes from(plan, task);
    const GridLanes grid[2] = {GridLanes(grids > 0 ? from.real.grids[0] : RealGrid{}),
                               GridLanes(grids > 1 ? from.real.grids[1] : RealGrid{})};
    std::uint8_t* const codes[2] = {task.buffers.codes[0], task.buffers.codes[1]};
    PixelClasses classes(plan, from.real, task.first_pixel);
    const std::int32_t* window_sums = task.buffers.window_sums;
    const std::int32_t* sums = task.sums;
    for (int pixel = 0; pixel < task.pixels; ++pixel, sums += task.sums_stride) {
        const std::int64_t out_pixel = task.first_pixel + pixel;
        const float* bias = from.bias + classes.next() * plan.padded_channels;
        const __m256i row_sum = _mm256_set1_epi32(task.row_sums[pixel]);
        const __m256 window_sum =
            _mm256_set1_ps(from.window_scale == nullptr ? 0.0F : static_cast<float>(window_sums[out_pixel]));
        for (int channel = 0; channel + group <= task.channels; channel += group) {
            const int first = task.first_channel + channel;
            __m256 y[4];
            for (int i = 0; i < 4; ++i)
                y[i] = from.value(first + lanes * i,
                                  from.total<totals>(first + lanes * i, sums + channel + lanes * i, row_sum), bias,
                                  window_sum, out_pixel * from.channels + first + lanes * i);
            for (int k = 0; k < grids; ++k)
                store_group(grid[k], y,
                            codes[k] + out_pixel * pixel_bytes(from.channels, grid[k].bits) +
                                first / codes_per_byte(grid[k].bits));
        }
    }
}

template <Totals totals>
void finish_totals(const FinishPlan& plan, const FinishTask& task) {
    const std::size_t grids = std::get_if<RealNumbers>(&plan.epilogue)->grids.size();
    if (grids == 0) return finish_grids<0, totals>(plan, task);
    if (grids == 1) return finish_grids<1, totals>(plan, task);
    finish_grids<2, totals>(plan, task);
}

}  // namespace

void finish_real_avx2(const FinishPlan& plan, const FinishTask& task) {
    if (plan.sums_are_totals) return finish_totals<Totals::are_sums>(plan, task);
    finish_totals<Totals::are_corrected>(plan, task);
}

DSQBENCH_AVX2 int quantize_groups_avx2(const QuantizedPixels& to, const float* values, std::uint8_t* codes) {
    const GridLanes grid(to.grid);
    const std::ptrdiff_t channels = to.channels, stride = pixel_bytes(to.channels, grid.bits);
    const int per_byte = codes_per_byte(grid.bits);
    const std::int64_t pixels = to.pixels;
    for (std::int64_t pixel = 0; pixel < pixels; ++pixel, values += channels, codes += stride)
        for (int channel = 0; channel + group <= channels; channel += group) {
            __m256 y[4];
            for (int i = 0; i < 4; ++i) y[i] = _mm256_loadu_ps(values + channel + lanes * i);
            store_group(grid, y, codes + channel / per_byte);
        }
    return to.channels / group * group;
}

}  // namespace dsqbench
