// The body of every finish function, in the compiler's vectors of eight lanes. Each instruction set inlines it into a
// function of its own target, so the same text becomes SSE2, AVX2 or NEON code.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "kernels/api/layout.h"
#include "kernels/portable/finish.h"

namespace dsqbench {

#define DSQBENCH_ALWAYS_INLINE inline __attribute__((always_inline))

constexpr int finish_lane_count = 8;
using IntLanes = std::int32_t __attribute__((vector_size(32)));
using UnsignedLanes = std::uint32_t __attribute__((vector_size(32)));
using FloatLanes = float __attribute__((vector_size(32)));
using ByteLanes = std::uint8_t __attribute__((vector_size(8)));

template <class Lanes>
DSQBENCH_ALWAYS_INLINE void load_lanes(const void* memory, Lanes& lanes) {
    std::memcpy(&lanes, memory, sizeof lanes);
}

// The affine correction of eight channels, loaded once for all pixels. Modulo 2^32: the total fits, its parts need not.
struct AffineLanes {
    UnsignedLanes factor, row_factor, constant;
};

DSQBENCH_ALWAYS_INLINE void load_affine(const FinishPlan& plan, std::ptrdiff_t channel, AffineLanes& affine) {
    load_lanes(plan.factors.data() + channel, affine.factor);
    load_lanes(plan.row_factors.data() + channel, affine.row_factor);
    load_lanes(plan.constants.data() + channel, affine.constant);
}

DSQBENCH_ALWAYS_INLINE void total_lanes(const AffineLanes& affine, const std::int32_t* sums, std::int32_t row_sum,
                                        IntLanes& total) {
    UnsignedLanes sum;
    load_lanes(sums, sum);
    total = reinterpret_cast<IntLanes>(sum * affine.factor + affine.row_factor * static_cast<std::uint32_t>(row_sum) +
                                       affine.constant);
}

DSQBENCH_ALWAYS_INLINE void threshold_lanes(const FinishPlan& plan, std::ptrdiff_t channel, const IntLanes& total,
                                            IntLanes& codes) {
    codes = IntLanes{};
    const std::int32_t* level = plan.levels.data() + channel;
    for (int i = (1 << plan.bits) - 1; i > 0; --i, level += plan.padded_channels) {
        IntLanes threshold;
        load_lanes(level, threshold);
        codes -= total >= threshold;  // a true lane is -1
    }
}

// `count`: channels that exist, up to eight.
DSQBENCH_ALWAYS_INLINE void residual_lanes(const Residual& residual, const std::uint8_t* pixel, int channel, int count,
                                           FloatLanes& values) {
    values = FloatLanes{};
    for (int lane = 0; lane < count; ++lane)
        values[lane] = static_cast<float>(residual.type.value(packed_code(pixel, channel + lane, residual.type.bits)));
    values *= residual.scale;
}

DSQBENCH_ALWAYS_INLINE void requantize_lanes(const Requantize& requantize, FloatLanes& y, IntLanes& codes) {
    const FloatLanes zero = {};
    const FloatLanes highest = zero + static_cast<float>((1 << requantize.bits) - 1);
    if (requantize.rectifier == Rectifier::relu) y = y < zero ? zero : y;
    FloatLanes position = (y - requantize.offset) * (1.0F / requantize.step);
    position = position < zero ? zero : position;
    position = highest < position ? highest : position;
    // 1.5 * 2^23: a float there has no bits below one, so the addition rounds to nearest, ties to even.
    constexpr float rounder = 12582912.0F;
    position = (position + rounder) - rounder;
    codes = __builtin_convertvector(position, IntLanes);
}

// Eight codes to 1, 2 or 8 bytes: layout.h.
DSQBENCH_ALWAYS_INLINE void pack_lanes(const IntLanes& codes, int bits, std::uint8_t* bytes) {
    const ByteLanes narrow = __builtin_convertvector(codes, ByteLanes);
    std::uint64_t word;
    std::memcpy(&word, &narrow, sizeof word);
    if (bits > 2) {
        std::memcpy(bytes, &word, sizeof word);
    } else if (bits == 2) {
        // Moves the field of byte i from bit 8i to bit 24 + 2i; the other partial products stay below, without carries.
        constexpr std::uint32_t gather = 1U << 24 | 1U << 18 | 1U << 12 | 1U << 6;
        bytes[0] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(word) * gather >> 24);
        bytes[1] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(word >> 32) * gather >> 24);
    } else {
        // The same for bits: byte i's goes from bit 8i to bit 56 + i.
        bytes[0] = static_cast<std::uint8_t>(word * 0x0102040810204080U >> 56);
    }
}

// Where a lane group stands.
struct LanePlace {
    int pixel;    // of the task
    int channel;  // of the output
    int count;    // channels that exist, up to eight
};

DSQBENCH_ALWAYS_INLINE void requantized_lanes(const FinishPlan& plan, const FinishTask& task, LanePlace place,
                                              const IntLanes& total, IntLanes& codes) {
    const auto& requantize = *std::get_if<Requantize>(&plan.epilogue);
    FloatLanes scale, bias;
    load_lanes(plan.scale.data() + place.channel, scale);
    load_lanes(plan.bias.data() + place.channel, bias);
    FloatLanes y = scale * __builtin_convertvector(total, FloatLanes) + bias;
    if (requantize.residual) {
        const std::ptrdiff_t stride = pixel_bytes(plan.out_channels, requantize.residual->type.bits);
        const std::uint8_t* pixel = task.buffers.residual + (task.first_pixel + place.pixel) * stride;
        FloatLanes values;
        residual_lanes(*requantize.residual, pixel, place.channel, place.count, values);
        y += values;
    }
    requantize_lanes(requantize, y, codes);
}

DSQBENCH_ALWAYS_INLINE void store_sums(const FinishPlan& plan, const FinishTask& task, LanePlace place,
                                       const IntLanes& total) {
    auto* output = static_cast<std::int32_t*>(task.buffers.output) +
                   (task.first_pixel + place.pixel) * plan.out_channels + place.channel;
    if (place.count == finish_lane_count)
        std::memcpy(output, &total, sizeof total);
    else
        std::memcpy(output, &total, static_cast<std::size_t>(place.count) * sizeof *output);
}

// Codes of `bits` bits into a packed tensor of `out_channels` channels.
DSQBENCH_ALWAYS_INLINE void store_codes(std::uint8_t* tensor, int bits, int out_channels, std::int64_t pixel,
                                        LanePlace place, IntLanes& codes) {
    std::uint8_t* output = tensor + pixel * pixel_bytes(out_channels, bits) + place.channel / codes_per_byte(bits);
    if (place.count == finish_lane_count) {
        pack_lanes(codes, bits, output);
        return;
    }
    for (int lane = place.count; lane < finish_lane_count; ++lane) codes[lane] = 0;
    std::uint8_t last[finish_lane_count];
    pack_lanes(codes, bits, last);
    std::memcpy(output, last, static_cast<std::size_t>(pixel_bytes(place.count, bits)));
}

DSQBENCH_ALWAYS_INLINE void grid_lanes(const RealGrid& grid, const FloatLanes& y, IntLanes& codes) {
    const FloatLanes zero = {};
    const FloatLanes highest = zero + static_cast<float>((1 << grid.bits) - 1);
    FloatLanes position = (y - grid.offset) / grid.step;
    position = position < zero ? zero : position;
    position = highest < position ? highest : position;
    constexpr float rounder = 12582912.0F;  // as in requantize_lanes()
    position = (position + rounder) - rounder;
    codes = __builtin_convertvector(position, IntLanes);
}

DSQBENCH_ALWAYS_INLINE void finish_real(const FinishPlan& plan, const FinishTask& task, LanePlace place,
                                        const IntLanes& total) {
    const auto& real = *std::get_if<RealNumbers>(&plan.epilogue);
    const std::int64_t pixel = task.first_pixel + place.pixel;
    const std::ptrdiff_t kind =
        real.classes.empty() ? 0 : real.classes[static_cast<std::size_t>(pixel % plan.image_pixels)];
    FloatLanes scale, bias;
    load_lanes(plan.scale.data() + place.channel, scale);
    load_lanes(plan.bias.data() + kind * plan.padded_channels + place.channel, bias);
    FloatLanes y = scale * __builtin_convertvector(total, FloatLanes) + bias;
    if (!plan.window_scale.empty()) {
        FloatLanes window_scale;
        load_lanes(plan.window_scale.data() + place.channel, window_scale);
        y += window_scale * static_cast<float>(task.buffers.window_sums[pixel]);
    }
    const std::size_t bytes = static_cast<std::size_t>(place.count) * sizeof(float);
    if (real.shortcut == Shortcut::added) {
        const float* from = task.buffers.shortcut + pixel * plan.out_channels + place.channel;
        FloatLanes values = {};
        if (place.count == finish_lane_count)
            std::memcpy(&values, from, sizeof values);
        else
            std::memcpy(&values, from, bytes);
        y += values;
    }
    if (real.rectifier == Rectifier::relu) y = y < FloatLanes{} ? FloatLanes{} : y;
    if (task.buffers.output != nullptr) {
        float* to = static_cast<float*>(task.buffers.output) + pixel * plan.out_channels + place.channel;
        if (place.count == finish_lane_count)
            std::memcpy(to, &y, sizeof y);
        else
            std::memcpy(to, &y, bytes);
    }
    for (std::size_t i = 0; i < real.grids.size(); ++i) {
        IntLanes codes;
        grid_lanes(real.grids[i], y, codes);
        store_codes(task.buffers.codes[i], real.grids[i].bits, plan.out_channels, pixel, place, codes);
    }
}

template <class Alternative>
DSQBENCH_ALWAYS_INLINE void finish_total(const FinishPlan& plan, const FinishTask& task, LanePlace place,
                                         const IntLanes& total) {
    if constexpr (std::is_same_v<Alternative, KeepSums>) {
        store_sums(plan, task, place, total);
    } else if constexpr (std::is_same_v<Alternative, RealNumbers>) {
        finish_real(plan, task, place, total);
    } else {
        IntLanes codes;
        if constexpr (std::is_same_v<Alternative, Thresholds>)
            threshold_lanes(plan, place.channel, total, codes);
        else
            requantized_lanes(plan, task, place, total, codes);
        store_codes(static_cast<std::uint8_t*>(task.buffers.output), plan.bits, plan.out_channels,
                    task.first_pixel + place.pixel, place, codes);
    }
}

template <class Alternative>
DSQBENCH_ALWAYS_INLINE void finish_alternative(const FinishPlan& plan, const FinishTask& task) {
    for (int channel = 0; channel < task.channels; channel += finish_lane_count) {
        AffineLanes affine;
        load_affine(plan, task.first_channel + channel, affine);
        const int count = std::min(finish_lane_count, task.channels - channel);
        for (int pixel = 0; pixel < task.pixels; ++pixel) {
            IntLanes total;
            total_lanes(affine, task.sums + pixel * task.sums_stride + channel, task.row_sums[pixel], total);
            finish_total<Alternative>(plan, task, {pixel, task.first_channel + channel, count}, total);
        }
    }
}

DSQBENCH_ALWAYS_INLINE void finish_lanes(const FinishPlan& plan, const FinishTask& task) {
    if (std::holds_alternative<KeepSums>(plan.epilogue))
        finish_alternative<KeepSums>(plan, task);
    else if (std::holds_alternative<Thresholds>(plan.epilogue))
        finish_alternative<Thresholds>(plan, task);
    else if (std::holds_alternative<RealNumbers>(plan.epilogue))
        finish_alternative<RealNumbers>(plan, task);
    else
        finish_alternative<Requantize>(plan, task);
}

}  // namespace dsqbench
