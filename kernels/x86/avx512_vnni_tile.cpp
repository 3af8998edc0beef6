// The tile of AVX-512 VNNI: 24 registers of sums, 2 of weights, 1 broadcast.
#include "kernels/x86/avx512.h"
#include "kernels/x86/vnni.h"

namespace dsqbench {
namespace {

#define DSQBENCH_VNNI __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
#define DSQBENCH_VNNI_INLINE \
    inline __attribute__((always_inline, target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

constexpr int vectors = avx512_vnni_channels / 16;

// As assembly for the reasons of add_words().
DSQBENCH_VNNI_INLINE void multiply_add(__m512i& sum, __m512i activations, __m512i weights) {
    asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(activations), "v"(weights));
}

template <int pixel = 0, int pixels>
DSQBENCH_VNNI_INLINE void multiply_step(const PanelRows& rows, __m512i w0, __m512i w1,
                                        WideAccumulators<pixels, vectors>& sums) {
    const __m512i activation = broadcast_double_word(rows.at<pixel>());
    multiply_add(sums[pixel][0], activation, w0);
    multiply_add(sums[pixel][1], activation, w1);
    if constexpr (pixel + 1 < pixels) multiply_step<pixel + 1>(rows, w0, w1, sums);
}

struct Tile {
    template <int pixels>
    DSQBENCH_VNNI static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        PanelRows rows(task);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        WideAccumulators<pixels, vectors> sums;
        set_to_zero(sums);
        for (int step = task.steps; step > 0; --step, w += vectors * 64) {
            multiply_step(rows, load_into_wide_register(w), load_into_wide_register(w + 64), sums);
            rows.advance(vnni_step);
        }
        store_all(task, sums);
    }
};

}  // namespace

void avx512_vnni_tile(const TileTask& task) {
    dispatch_tile<Tile, wide_tile_pixels>(task);
}

}  // namespace dsqbench
