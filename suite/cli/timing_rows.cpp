#include "suite/cli/timing_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/record/build_info.h"

namespace dsqbench {

namespace {

// Fewer accepted samples than this say nothing about a median.
constexpr int fewest_samples = 10;

}  // namespace

void add_timing(Row& row, const Timing& timing, double gigahertz) {
    row["samples"] = timing.accepted;
    row["rejected_samples"] = timing.rejected;
    row["median_ns"] = timing.nanoseconds.median;
    row["p10_ns"] = timing.nanoseconds.p10;
    row["minimum_ns"] = timing.nanoseconds.minimum;
    row["spread"] = timing.nanoseconds.spread;
    if (gigahertz > 0) row["core_gigahertz"] = gigahertz;
}

std::string build_obstacle() {
    const BuildInfo build = build_info();
    if (build.commit == "unknown" || build.commit.ends_with("-dirty")) return "the program is not that of a commit";
    if (build.build_type != "Release") return "built as " + build.build_type + ", not Release";
    return {};
}

std::string timing_obstacle(const Row& row) {
    if (!row.contains("samples")) return "not timed";
    if (row["samples"] < fewest_samples) return fmt::format("fewer than {} undisturbed samples", fewest_samples);
    return {};
}

void add_publication(Row& row, std::initializer_list<std::string> obstacles) {
    const auto* obstacle =
        std::find_if(obstacles.begin(), obstacles.end(), [](const auto& text) { return !text.empty(); });
    row["publishable"] = obstacle == obstacles.end();
    if (obstacle != obstacles.end()) row["unpublishable_reason"] = *obstacle;
}

}  // namespace dsqbench
