// --prometheus FILE: how far the runs of a plan are, for a monitoring system.
#pragma once

#include <filesystem>

#include "suite/cli/run_plan.h"
#include "suite/core/progress.h"
#include "suite/launch/plan.h"

namespace dsqbench {

// Lets `launch` keep `file` up to date. Throws Error(failed) where it cannot be written now; later that is noted once,
// and the runs go on. `progress` must live as long as `launch` is used.
void keep_metrics(LocalLaunch& launch, const RunPlan& plan, const std::filesystem::path& file, Progress& progress);

}  // namespace dsqbench
