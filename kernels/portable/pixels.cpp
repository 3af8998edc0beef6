#include "kernels/api/pixels.h"

#include <algorithm>

#include "kernels/portable/finish_lanes.h"
#if defined(__x86_64__)
#include "kernels/x86/finish_real.h"
#endif

namespace dsqbench {
namespace {

// `first`: channels before it are done.
DSQBENCH_ALWAYS_INLINE void quantize_body(const QuantizedPixels& to, int first, const float* values,
                                          std::uint8_t* codes) {
    for (std::int64_t pixel = 0; pixel < to.pixels; ++pixel, values += to.channels)
        for (int channel = first; channel < to.channels; channel += finish_lane_count) {
            const LanePlace place{0, channel, std::min(finish_lane_count, to.channels - channel)};
            FloatLanes y = {};
            if (place.count == finish_lane_count)
                std::memcpy(&y, values + channel, sizeof y);
            else
                std::memcpy(&y, values + channel, static_cast<std::size_t>(place.count) * sizeof(float));
            IntLanes lanes;
            grid_lanes(to.grid, y, lanes);
            store_codes(codes, to.grid.bits, to.channels, pixel, place, lanes);
        }
}

struct PoolWindow {
    int first_row, end_row, first, end;
};

DSQBENCH_ALWAYS_INLINE void pool_pixel(const PoolShape& shape, const float* image, const PoolWindow& window,
                                       float* out) {
    int channel = 0;
    for (; channel + finish_lane_count <= shape.channels; channel += finish_lane_count) {
        FloatLanes largest;
        load_lanes(image + (std::ptrdiff_t{window.first_row} * shape.width + window.first) * shape.channels + channel,
                   largest);
        for (int row = window.first_row; row < window.end_row; ++row)
            for (int column = window.first; column < window.end; ++column) {
                FloatLanes value;
                load_lanes(image + (std::ptrdiff_t{row} * shape.width + column) * shape.channels + channel, value);
                largest = largest < value ? value : largest;
            }
        std::memcpy(out + channel, &largest, sizeof largest);
    }
    for (; channel < shape.channels; ++channel) {
        float largest =
            image[(std::ptrdiff_t{window.first_row} * shape.width + window.first) * shape.channels + channel];
        for (int row = window.first_row; row < window.end_row; ++row)
            for (int column = window.first; column < window.end; ++column)
                largest =
                    std::max(largest, image[(std::ptrdiff_t{row} * shape.width + column) * shape.channels + channel]);
        out[channel] = largest;
    }
}

DSQBENCH_ALWAYS_INLINE void pool_body(const PoolShape& shape, const float* values, float* out) {
    for (int image = 0; image < shape.batch; ++image) {
        for (int y = 0; y < shape.out_height(); ++y)
            for (int x = 0; x < shape.out_width(); ++x, out += shape.channels) {
                const int top = y * shape.stride - shape.padding, left = x * shape.stride - shape.padding;
                pool_pixel(shape, values,
                           {std::max(top, 0), std::min(top + shape.kernel, shape.height), std::max(left, 0),
                            std::min(left + shape.kernel, shape.width)},
                           out);
            }
        values += std::ptrdiff_t{shape.height} * shape.width * shape.channels;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void quantize_avx2(const QuantizedPixels& to, const float* values,
                                                   std::uint8_t* codes) {
    const int done = quantize_groups_avx2(to, values, codes);
    if (done < to.channels) quantize_body(to, done, values, codes);
}

__attribute__((target("avx2"))) void pool_avx2(const PoolShape& shape, const float* values, float* out) {
    pool_body(shape, values, out);
}
#endif

}  // namespace

void quantize_pixels(const QuantizedPixels& to, const float* values, std::uint8_t* codes, InstructionSets allowed) {
#if defined(__x86_64__)
    if (allowed.contain(InstructionSet::avx2)) return quantize_avx2(to, values, codes);
#endif
    (void)allowed;
    quantize_body(to, 0, values, codes);
}

void max_pool(const PoolShape& shape, const float* values, float* out, InstructionSets allowed) {
#if defined(__x86_64__)
    if (allowed.contain(InstructionSet::avx2)) return pool_avx2(shape, values, out);
#endif
    (void)allowed;
    pool_body(shape, values, out);
}

}  // namespace dsqbench
