// Whether the machine was quiet while a sample was taken. Neighbours on the same core (other guests on its second
// hardware thread) slow kernels by a factor of 1.4 for milliseconds to seconds. A probe of about 20 us that keeps the
// vector ports busy feels them; it runs before and after every sample, which counts only if both ran at the probe's
// best speed. A sample during which the scheduler took the core away does not count either. Where several threads
// compute, the probe runs on all of them at once and the slowest counts.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "kernels/api/thread_pool.h"

namespace dsqbench {

// Both probes within 6 % of the best: single per cents are jitter of the probe itself, a neighbour costs 40 %.
constexpr double most_probe_slowdown = 1.06;
// The best of so many probes, the last ones: about a layer's samples. A processor clocks 7 % lower for minutes while
// its other cores work (Zen 5: 3.45 instead of 3.7 GHz), and against the best one ever nothing would pass meanwhile.
constexpr std::size_t remembered_probes = 2000;

class NoiseGate {
public:
    // `known_best`: nanoseconds of the probe on this machine when it was quiet, from an earlier process: one that
    // starts beside a neighbour would take the disturbed speed for the best. Counts as one probe, the first. Ignored
    // when it is less than half of what this process finds. `pool`: the threads to probe, the caller's alone without
    // one.
    explicit NoiseGate(std::optional<double> known_best = std::nullopt, ThreadPool* pool = nullptr);

    double probe();  // nanoseconds
    bool is_quiet(double probe_ns) const { return probe_ns <= best() * most_probe_slowdown; }
    // Nanoseconds, among the remembered probes.
    double best() const { return best_; }

private:
    void remember(double nanoseconds);

    ThreadPool* pool_;
    std::vector<double> probes_;  // one a thread, of the last time
    std::vector<double> recent_;  // a ring once it is full
    std::size_t next_ = 0;
    double best_ = 0;
};

// How often the scheduler took the core from one of this process's threads to give it to another.
long preemptions();

}  // namespace dsqbench
