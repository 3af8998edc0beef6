// Times competitors in turns, so that whatever the machine does meanwhile meets all of them alike.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/bench/noise_gate.h"
#include "kernels/bench/summary.h"

namespace dsqbench {

enum class Cache {
    warm,  // run again and again
    cold,  // before each run, everything is pushed out of the caches
};

struct Competitor {
    std::string name;
    std::function<void()> run;
};

struct TimingSettings {
    int samples = 40;  // accepted ones that are wanted of each competitor
    // Tries for a sample before a disturbed one is given up; on a machine that is busy all the time the run still ends.
    int most_tries = 12;
    Cache cache = Cache::warm;
    // That competitors compute with. Above one, each sample follows a pause, in which threads of the competitor before
    // stop looking for work at full speed, and untimed runs, which wake its own.
    int threads = 1;
};

struct Timing {
    Summary nanoseconds;  // of one run
    int accepted = 0, rejected = 0;
};

// In the order of the competitors. `title` names the benchmark to Google Benchmark, which drives the rounds: one
// iteration is an accepted (or given up) sample of every competitor. Where no sample at all was accepted, the summary
// is of the rejected ones and `accepted` is 0. Throws what a competitor throws, and Error(interrupted) on a stop
// signal.
std::vector<Timing> time_interleaved(const std::string& title, const std::vector<Competitor>& competitors,
                                     const TimingSettings& settings, NoiseGate& gate);

}  // namespace dsqbench
