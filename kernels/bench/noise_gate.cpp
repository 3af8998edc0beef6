#include "kernels/bench/noise_gate.h"

#include <sys/resource.h>

#include <algorithm>

#include "kernels/bench/stopwatch.h"

namespace dsqbench {
namespace {

// Enough to meet a quiet moment between a neighbour's bursts: 10 ms.
constexpr int first_probes = 500;

#if defined(__x86_64__)
// Eight multiplies and eight additions a turn: the multiplying ports are full.
__attribute__((target("avx2"))) void saturate_avx2() {
    for (int i = 0; i < 6000; ++i)
        asm volatile(
            "vpmaddubsw %%ymm14, %%ymm15, %%ymm8\n vpmaddubsw %%ymm14, %%ymm15, %%ymm9\n"
            "vpmaddubsw %%ymm14, %%ymm15, %%ymm10\n vpmaddubsw %%ymm14, %%ymm15, %%ymm11\n"
            "vpaddw %%ymm8, %%ymm0, %%ymm0\n vpaddw %%ymm9, %%ymm1, %%ymm1\n"
            "vpaddw %%ymm10, %%ymm2, %%ymm2\n vpaddw %%ymm11, %%ymm3, %%ymm3\n"
            "vpmaddubsw %%ymm14, %%ymm15, %%ymm8\n vpmaddubsw %%ymm14, %%ymm15, %%ymm9\n"
            "vpmaddubsw %%ymm14, %%ymm15, %%ymm10\n vpmaddubsw %%ymm14, %%ymm15, %%ymm11\n"
            "vpaddw %%ymm8, %%ymm4, %%ymm4\n vpaddw %%ymm9, %%ymm5, %%ymm5\n"
            "vpaddw %%ymm10, %%ymm6, %%ymm6\n vpaddw %%ymm11, %%ymm7, %%ymm7\n" ::
                : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11");
}

void saturate_baseline() {
    for (int i = 0; i < 12000; ++i)
        asm volatile(
            "pmaddwd %%xmm7, %%xmm0\n pmaddwd %%xmm7, %%xmm1\n pmaddwd %%xmm7, %%xmm2\n pmaddwd %%xmm7, %%xmm3\n"
            "paddd %%xmm7, %%xmm4\n paddd %%xmm7, %%xmm5\n paddd %%xmm7, %%xmm6\n" ::
                : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
}

void saturate() {
    static const bool wide = __builtin_cpu_supports("avx2") != 0;
    wide ? saturate_avx2() : saturate_baseline();
}
#elif defined(__aarch64__)
void saturate() {
    for (int i = 0; i < 3000; ++i)
        asm volatile(
            "mla v0.16b, v16.16b, v17.16b\n mla v1.16b, v16.16b, v17.16b\n mla v2.16b, v16.16b, v17.16b\n"
            "mla v3.16b, v16.16b, v17.16b\n mla v4.16b, v16.16b, v17.16b\n mla v5.16b, v16.16b, v17.16b\n"
            "mla v6.16b, v16.16b, v17.16b\n mla v7.16b, v16.16b, v17.16b\n" ::
                : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7");
}
#else
void saturate() {
    for (int i = 0; i < 20000; ++i) asm volatile("" ::: "memory");
}
#endif

}  // namespace

NoiseGate::NoiseGate(std::optional<double> known_best, ThreadPool* pool)
    : pool_(pool), probes_(pool == nullptr ? 1 : static_cast<std::size_t>(pool->threads())) {
    for (int i = 0; i < first_probes; ++i) probe();
    // A record below half of that is another machine's or a damaged file's, not a quieter moment's.
    if (known_best && *known_best > best_ / 2) remember(*known_best);
}

double NoiseGate::probe() {
    // The first fetches its code anew, 6 % of a probe after some milliseconds of other work.
    const auto probe_one = [this](std::size_t thread) {
        nanoseconds_of(saturate);
        probes_[thread] = nanoseconds_of(saturate);
    };
    pool_ == nullptr ? probe_one(0) : pool_->on_every_thread(probe_one);
    const double taken = *std::max_element(probes_.begin(), probes_.end());
    remember(taken);
    return taken;
}

void NoiseGate::remember(double nanoseconds) {
    if (recent_.size() < remembered_probes) {
        recent_.push_back(nanoseconds);
        best_ = recent_.size() == 1 ? nanoseconds : std::min(best_, nanoseconds);
        return;
    }
    const bool best_goes = recent_[next_] <= best_;
    recent_[next_] = nanoseconds;
    next_ = (next_ + 1) % recent_.size();
    best_ = best_goes ? *std::min_element(recent_.begin(), recent_.end()) : std::min(best_, nanoseconds);
}

long preemptions() {
    rusage usage{};
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_nivcsw : 0;
}

}  // namespace dsqbench
