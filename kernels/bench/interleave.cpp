#include "kernels/bench/interleave.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <thread>

#include "kernels/bench/cold_cache.h"
#include "kernels/bench/stopwatch.h"
#include "suite/core/error.h"
#include "suite/core/signals.h"

namespace dsqbench {
namespace {

// A sample shorter than this is several runs: the clock's own 30 ns and the probe's effect on the caches vanish in it.
constexpr double shortest_sample_ns = 100'000;

// So long threads look for more work after their last, at most: GCC's OpenMP 300,000 turns, some 4 ms, pthreadpool
// 1,000,000 turns, some 20 ms; ours 0.2 ms.
constexpr std::chrono::milliseconds looking_for_work{30};
// Then the scheduler has spread the threads of a competitor over the processors: it wakes them all on one.
constexpr double settling_ns = 20e6;
// Then those of the pool that the gate probed sleep.
constexpr double pool_rest_ns = 0.4e6;

struct Sample {
    double nanoseconds;   // of one run
    double slower_probe;  // of the two around it
    bool preempted;
};

struct Lane {
    const Competitor* competitor;
    int runs = 1;  // a sample
    std::vector<Sample> samples = {};
};

Lane prepare_lane(const Competitor& competitor, Cache cache) {
    Lane lane{&competitor};
    competitor.run();  // allocates what it keeps
    const double once = nanoseconds_of(competitor.run);
    if (cache == Cache::warm) lane.runs = std::max(1, static_cast<int>(std::ceil(shortest_sample_ns / once)));
    return lane;
}

class Round {
public:
    Round(const std::vector<Competitor>& competitors, const TimingSettings& settings, NoiseGate& gate)
        : settings_(settings), gate_(gate) {
        for (const Competitor& competitor : competitors) lanes_.push_back(prepare_lane(competitor, settings.cache));
    }

    // Seconds of everything that was timed.
    double run() {
        double total = 0;
        for (Lane& lane : lanes_) total += sample_until_quiet(lane);
        return total * 1e-9;
    }

    std::vector<Timing> timings() const {
        std::vector<Timing> timings;
        for (const Lane& lane : lanes_) timings.push_back(timing_of(lane));
        return timings;
    }

private:
    double sample_until_quiet(Lane& lane) {
        double total = 0;
        for (int i = 0; i < settings_.most_tries; ++i) {
            if (stop_signal() != 0) throw Error(ExitCode::interrupted, "stopped by a signal");
            lane.samples.push_back(take(lane));
            total += lane.samples.back().nanoseconds * lane.runs;
            if (is_accepted(lane.samples.back())) break;
        }
        return total;
    }

    Sample take(const Lane& lane) {
        const bool several = settings_.threads > 1;
        if (several) {
            std::this_thread::sleep_for(looking_for_work);
            run_untimed(lane, settling_ns);
        }
        const double before = gate_.probe();
        // Once at least: the others' turns have filled the caches with what is theirs.
        run_untimed(lane, several ? pool_rest_ns : 1);
        if (settings_.cache == Cache::cold) evict_caches();
        // After the probe, which would count its own preemption against the sample.
        const long preempted_before = preemptions();
        const double taken = nanoseconds_of([&] {
            for (int i = 0; i < lane.runs; ++i) lane.competitor->run();
        });
        const bool preempted = preemptions() != preempted_before;
        return {taken / lane.runs, std::max(before, gate_.probe()), preempted};
    }

    static void run_untimed(const Lane& lane, double nanoseconds) {
        for (double taken = 0; taken < nanoseconds;) taken += nanoseconds_of(lane.competitor->run);
    }

    bool is_accepted(const Sample& sample) const { return !sample.preempted && gate_.is_quiet(sample.slower_probe); }

    // By the best probe of the whole run: an early sample may have been accepted against a disturbed one.
    Timing timing_of(const Lane& lane) const {
        std::vector<double> accepted, all;
        for (const Sample& sample : lane.samples) {
            all.push_back(sample.nanoseconds);
            if (is_accepted(sample)) accepted.push_back(sample.nanoseconds);
        }
        const auto count = static_cast<int>(accepted.size());
        return {summarise(accepted.empty() ? all : accepted), count, static_cast<int>(all.size()) - count};
    }

    TimingSettings settings_;
    NoiseGate& gate_;
    std::vector<Lane> lanes_;
};

// Our rows say more than its own reporters could; its progress would mix with ours.
class SilentReporter : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) iterations_ += run.iterations;
    }
    std::int64_t iterations() const { return iterations_; }

private:
    std::int64_t iterations_ = 0;
};

}  // namespace

std::vector<Timing> time_interleaved(const std::string& title, const std::vector<Competitor>& competitors,
                                     const TimingSettings& settings, NoiseGate& gate) {
    Round round(competitors, settings, gate);
    std::exception_ptr failure;
    benchmark::RegisterBenchmark(title.c_str(),
                                 [&](benchmark::State& state) {
                                     // The state must be run to its end whatever happens, so the exception waits.
                                     for ([[maybe_unused]] auto iteration : state) {
                                         double seconds = 0;
                                         try {
                                             if (!failure) seconds = round.run();
                                         } catch (...) {
                                             failure = std::current_exception();
                                         }
                                         state.SetIterationTime(seconds);
                                     }
                                 })
        ->UseManualTime()
        ->Iterations(settings.samples);
    SilentReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter, "all");
    benchmark::ClearRegisteredBenchmarks();
    if (failure) std::rethrow_exception(failure);
    if (reporter.iterations() != settings.samples)
        throw Error(ExitCode::failed, "Google Benchmark did not run '" + title + "' as it was registered");
    return round.timings();
}

}  // namespace dsqbench
