#include <charconv>
#include <thread>

#include "suite/cli/train_requests.h"

namespace dsqbench {

namespace {

bool is_device(const std::string& name) {
    const std::string numbered = "cuda:";
    if (name == "cpu" || name == "cuda") return true;
    if (!name.starts_with(numbered)) return false;
    std::int8_t index = -1;  // LibTorch's type of it
    std::from_chars(name.data() + numbered.size(), name.data() + name.size(), index);
    return index >= 0 && name == numbered + std::to_string(index);
}

// Of the name alone: a job for another machine may be submitted here.
std::string unknown_device(const std::string& name) {
    return is_device(name) ? "" : "there is no device '" + name + "'; known: cpu, cuda, cuda:<number>";
}

}  // namespace

void add_launch_options(CLI::App& command, LaunchArguments& arguments) {
    if (arguments.jobs == 0) arguments.jobs = std::max(1u, std::thread::hardware_concurrency());
    add_option(command, "--jobs", arguments.jobs, "processes at a time")
        ->capture_default_str()
        ->check(at_least(1));
    add_option(command, "--checkpoint-seconds", arguments.checkpoint_seconds, "time between checkpoints; 0: every step")
        ->capture_default_str()
        ->check(at_least(0));
    add_option(command, "--device", arguments.device, "what to train on: cpu, cuda, or cuda:1 and so on")
        ->capture_default_str()
        ->check(CLI::Validator(unknown_device, ""));
}

void add_progress_options(CLI::App& command, LaunchArguments& arguments) {
    add_option(command, "--prometheus", arguments.prometheus,
               "keep a text file of Prometheus with the state of every run, as for node_exporter's textfile collector");
    add_option(command, "--progress-seconds", arguments.progress_seconds,
               "between lines of progress, where standard error is no terminal")
        ->capture_default_str()
        ->check(at_least(0));
}

}  // namespace dsqbench
