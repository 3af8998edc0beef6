// The tile of AVX-VNNI: 12 registers of sums, 2 of weights, 1 broadcast.
#include "kernels/portable/tile_dispatch.h"
#include "kernels/x86/avx2.h"
#include "kernels/x86/vnni.h"

namespace dsqbench {
namespace {

constexpr int vectors = avx_vnni_channels / 8;

// Assembly needs no intrinsic of a newer compiler; {vex} because AVX-512 VNNI has the same name.
DSQBENCH_AVX2_INLINE void multiply_add(__m256i& sum, __m256i activations, __m256i weights) {
    asm volatile("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(activations), "x"(weights));
}

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void multiply_step(const char* a, std::ptrdiff_t stride, __m256i w0, __m256i w1,
                                        Accumulators<pixels, vectors>& sums) {
    const __m256i activation = _mm256_broadcastd_epi32(_mm_loadu_si32(a + pixel * stride));
    multiply_add(sums[pixel][0], activation, w0);
    multiply_add(sums[pixel][1], activation, w1);
    if constexpr (pixel + 1 < pixels) multiply_step<pixel + 1>(a, stride, w0, w1, sums);
}

template <int pixel = 0, int pixels>
DSQBENCH_AVX2_INLINE void store_all(const TileTask& task, const Accumulators<pixels, vectors>& sums) {
    store_sums(task, pixel, 0, sums[pixel][0]);
    store_sums(task, pixel, 8, sums[pixel][1]);
    if constexpr (pixel + 1 < pixels) store_all<pixel + 1>(task, sums);
}

struct Tile {
    template <int pixels>
    DSQBENCH_AVX2 static void run_tile(const TileTask& arguments) {
        const TileTask task = in_registers(arguments);
        const auto* a = reinterpret_cast<const char*>(task.panel);
        const auto* w = reinterpret_cast<const char*>(task.weights);
        Accumulators<pixels, vectors> sums;
        set_to_zero(sums);
        for (int step = task.steps; step > 0; --step, a += vnni_step, w += vectors * 32) {
            multiply_step(a, task.panel_stride, load_into_register(w), load_into_register(w + 32), sums);
        }
        store_all(task, sums);
    }
};

}  // namespace

void avx_vnni_tile(const TileTask& task) {
    dispatch_tile<Tile, avx_vnni_pixels>(task);
}

}  // namespace dsqbench
