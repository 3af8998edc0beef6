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

}  // namespace dsqbench
