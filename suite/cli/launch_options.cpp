#include <thread>

#include "suite/cli/train_requests.h"

namespace dsqbench {

void add_launch_options(CLI::App& command, LaunchArguments& arguments) {
    if (arguments.jobs == 0) arguments.jobs = std::max(1u, std::thread::hardware_concurrency());
    add_option(command, "--jobs", arguments.jobs, "processes at a time")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    add_option(command, "--checkpoint-seconds", arguments.checkpoint_seconds, "time between checkpoints; 0: every step")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    add_option(command, "--device", arguments.device, "LibTorch device")->capture_default_str();
}

void add_progress_options(CLI::App& command, LaunchArguments& arguments) {
    add_option(command, "--prometheus", arguments.prometheus,
               "keep a text file of Prometheus with the state of every run, as for node_exporter's textfile collector");
    add_option(command, "--progress-seconds", arguments.progress_seconds,
               "between lines of progress, where standard error is no terminal")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
}

}  // namespace dsqbench
