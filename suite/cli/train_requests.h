// Trains what is asked for in child processes and stores the rows: what `run` and `ablate` share. In a build without
// LibTorch train_requests_absent.cpp takes its place and refuses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "suite/cli/verb.h"
#include "suite/recipe/matrix.h"
#include "suite/record/row.h"

namespace dsqbench {

struct LaunchArguments {
    std::size_t jobs = 0;  // 0: one a core
    std::int64_t limit_batches = 0;
    double checkpoint_seconds = 60;
    std::string device = "cpu";
    std::filesystem::path prometheus;  // "": none
    double progress_seconds = 30;      // between plain lines
};

// --jobs, --checkpoint-seconds, --device
void add_launch_options(CLI::App& command, LaunchArguments& arguments);
// --prometheus, --progress-seconds
void add_progress_options(CLI::App& command, LaunchArguments& arguments);

enum class ProgressOf {
    every_run,  // a bar each
    all_cells,  // one bar: cells and runs done, time to go
};

struct Trained {
    std::vector<Row> rows;              // of the requests that have a result, in their order; all are in the store
    ExitCode exit_code = ExitCode::ok;  // failed, checkpointed or interrupted; what failed is said on stderr
};

// Are the quantizers, tricks, model and data of all requests there? Throws Error before any process starts.
void check_requests(const std::vector<RunRequest>& requests, const Session& session);

Trained train_requests(const std::vector<RunRequest>& requests, const LaunchArguments& arguments, ProgressOf progress,
                       const Session& session);

}  // namespace dsqbench
