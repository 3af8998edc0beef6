// Time: a monotonic clock for durations, UTC text for provenance. Nothing that is random may depend on either.
#pragma once

#include <string>

namespace dsqbench {

// Seconds on a clock that never steps; only differences mean something.
double monotonic_seconds();

// Seconds of processor time of this process, all its threads together.
double processor_seconds();

// "2026-11-23T09:41:07Z"
std::string utc_now();

// "4.2 s", "3 min 05 s", "2 h 07 min"
std::string format_duration(double seconds);

}  // namespace dsqbench
